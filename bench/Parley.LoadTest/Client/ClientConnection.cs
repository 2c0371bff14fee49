using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>One client: connects, subscribes, answers pings, reports what arrives. What its messages look like is its dialect's matter.</summary>
internal abstract class ClientConnection : IMessageReceiver, IDisposable
{
    private readonly ClientLink _link;
    private readonly int _index;
    private readonly IReceiver _receiver;
    private int _missingSteps;
    private uint _nextId = CommandTemplate.FirstId;

    /// <param name="network">What it is made with.</param>
    /// <param name="transport">How its messages travel.</param>
    /// <param name="index">What the receiver knows it by.</param>
    /// <param name="receiver">Takes what arrives.</param>
    /// <param name="opening">What it begins with.</param>
    /// <param name="steps">How often the server must agree until the client is ready.</param>
    protected ClientConnection(Network network, Transport transport, int index, IReceiver receiver, Opening opening, int steps)
    {
        _index = index;
        _receiver = receiver;
        _missingSteps = steps;
        _link = ClientLink.Open(network, transport, opening, this);
    }

    /// <summary>True once the connect and all subscribes were answered.</summary>
    public bool IsReady => _missingSteps == 0;

    /// <summary>What the last error reply said; errors fail the run unless a scenario asked to see them.</summary>
    public string? Error { get; private set; }

    public bool ToleratesErrors { get; set; }

    public bool HasEnded => _link.HasEnded;

    protected bool IsClosing => _link.IsClosing;

    public void Send(CommandTemplate command, uint sequence) => _link.SendMessage(command.With(_nextId++, sequence));

    public void BeginClose() => _link.BeginClose();

    /// <summary>Leaves what arrives from now on to the kernel's buffers, and does not mind what the server does then.</summary>
    public void StopReading() => _link.StopReading();

    public void Dispose() => _link.Dispose();

    public virtual void OnOpen()
    {
        // Most dialects wait for an answer to what was sent.
    }

    public abstract void OnMessage(ReadOnlySpan<byte> message);

    protected void SendMessage(ReadOnlySpan<byte> message) => _link.SendMessage(message);

    /// <summary>The server agreed to something that the client needs to be ready.</summary>
    protected void TakeStep() => _missingSteps--;

    /// <summary>Reports a message that carries a payload of ours; false when it does not.</summary>
    protected bool TakePublication(ReadOnlySpan<byte> message)
    {
        if (!Stamp.TryRead(message, out var sequence))
            return false;

        _receiver.OnPublication(_index, sequence);
        return true;
    }

    protected void TakeReply(ReadOnlySpan<byte> reply) => _receiver.OnReply(_index, reply);

    protected void TakeError(ReadOnlySpan<byte> error)
    {
        Error = Encoding.UTF8.GetString(error);
        if (!ToleratesErrors)
            throw Failure(error);
    }

    protected LoadTestException Failure(ReadOnlySpan<byte> message) => new($"client {_index}: {Encoding.UTF8.GetString(message)}");
}
