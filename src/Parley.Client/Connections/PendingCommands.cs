using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client.Connections;

/// <summary>What to do with the reply to a command, or with its absence. Runs holding the gate: it only notes and posts.</summary>
internal delegate void ReplyHandler(Wire.Reply? reply, ParleyException? failure);

/// <summary>Commands of one connection that wait for their replies.</summary>
internal sealed class PendingCommands(TimeProvider time, TimeSpan timeout, Lock gate)
{
    private readonly Dictionary<uint, (ReplyHandler Handler, OneShotTimer Timer)> _commands = [];
    private uint _lastId;
    private int _count;

    /// <summary>May be asked without holding the gate.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <returns>The id for the command.</returns>
    public uint Add(ReplyHandler handler)
    {
        var id = ++_lastId;
        var timer = new OneShotTimer(time, gate);
        _commands.Add(id, (handler, timer));
        Volatile.Write(ref _count, _commands.Count);
        timer.Set(timeout, () => Fail(id, new ParleyException(ErrorCodes.Timeout, "The server did not answer in time.", isTemporary: true)));
        return id;
    }

    /// <summary>A reply that nobody waits for any more is let go.</summary>
    public void Complete(Wire.Reply reply)
    {
        if (!TryTake(reply.Id, out var handler)) return;
        if (reply.Error is { } error) handler(reply, new ParleyException(error.Code, error.Message, error.Temporary));
        else handler(reply, null);
    }

    public void FailAll(ParleyException failure)
    {
        foreach (var id in _commands.Keys.Order().ToArray()) Fail(id, failure);
    }

    private void Fail(uint id, ParleyException failure)
    {
        if (TryTake(id, out var handler)) handler(null, failure);
    }

    private bool TryTake(uint id, out ReplyHandler handler)
    {
        var found = _commands.Remove(id, out var command);
        Volatile.Write(ref _count, _commands.Count);
        handler = command.Handler;
        command.Timer?.Cancel();
        return found;
    }
}
