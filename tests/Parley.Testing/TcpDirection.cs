namespace Parley.Testing;

/// <summary>Which way bytes go through a <see cref="TcpRelay"/>.</summary>
public enum TcpDirection
{
    ToServer,
    ToClient,
}
