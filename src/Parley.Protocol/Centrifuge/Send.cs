namespace Parley.Protocol.Centrifuge;

/// <summary>A message to the application that is not answered.</summary>
public sealed class SendRequest
{
    public ReadOnlyMemory<byte> Data { get; set; }
}

/// <summary>A message from the application to one client.</summary>
public sealed class Message
{
    public ReadOnlyMemory<byte> Data { get; set; }
}
