using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>A protocol, as a transport sees it.</summary>
internal interface IClientProtocol
{
    /// <summary>Begins to speak the protocol on a new connection.</summary>
    IProtocolHandler Open(IConnection connection, ClientContext context);
}
