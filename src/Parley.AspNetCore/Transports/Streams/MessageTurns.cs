using Parley.Timing;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Gives the messages of one client their turns, one at a time and in the order of their numbers, each once.</summary>
/// <remarks>
/// A request beside a stream has a connection of its own or shares one, so requests overtake each other, and browsers and proxies repeat
/// those whose connection broke before the answer. Clients count their commands upward, which tells both. Messages without numbers (pongs)
/// take the next turn that is free.
/// </remarks>
internal sealed class MessageTurns(TimerWheel timers)
{
    /// <summary>How long a message waits for those before it: longer than packets are repeated, and shorter than clients wait for replies.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Messages that are remembered, to know them when they come again. As many as may wait at once.</summary>
    private const int MaxRemembered = 256;

    private readonly Lock _gate = new();
    private readonly Queue<WaitingMessage> _unnumbered = [];
    private readonly SortedDictionary<uint, WaitingMessage> _numbered = [];
    private readonly Queue<(CommandNumbers Numbers, int Fingerprint)> _remembered = [];
    private TaskCompletionSource? _ended;
    private uint _last;
    private bool _isTaken;

    /// <summary>Waits for a message's turn. After <see cref="Turn.Given"/> the caller must call <see cref="Leave"/>.</summary>
    public ValueTask<Turn> WaitAsync(CommandNumbers numbers, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_ended is not null) return new(Turn.Over);
            var waiting = new WaitingMessage(this, numbers, numbers.Any ? FingerprintOf(message) : 0);
            if (!numbers.Any)
            {
                _unnumbered.Enqueue(waiting);
            }
            else
            {
                if (_last > 0 && numbers.First <= _last) return new(JudgeLate(waiting));
                if (_numbered.TryGetValue(numbers.First, out var same)) return new(same.IsSameAs(waiting) ? Turn.Repeated : Turn.NumberUsed);
                _numbered.Add(numbers.First, waiting);
                if (!IsNext(waiting)) timers.Schedule(waiting, Patience);
            }

            GiveNext();
            return new(waiting.Task);
        }
    }

    /// <summary>The message whose turn it was has been worked through.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isTaken = false;
            if (_ended is null) GiveNext();
            else _ended.TrySetResult();
        }
    }

    /// <summary>Gives no more turns.</summary>
    /// <returns>Completes when nobody has one.</returns>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var waiting in _unnumbered.Concat(_numbered.Values))
            {
                timers.Cancel(waiting);
                waiting.Tell(Turn.Over);
            }

            _unnumbered.Clear();
            _numbered.Clear();
            return _isTaken ? _ended.Task : Task.CompletedTask;
        }
    }

    /// <summary>A message has waited long enough for what is before it.</summary>
    internal void GiveUpOnTheGap(WaitingMessage waiting)
    {
        lock (_gate)
        {
            waiting.IsImpatient = true;
            GiveNext();
        }
    }

    private void GiveNext()
    {
        if (_isTaken) return;
        if (_unnumbered.TryDequeue(out var waiting))
        {
            _isTaken = true;
            waiting.Tell(Turn.Given);
            return;
        }

        if (_numbered.Count == 0) return;
        waiting = _numbered.First().Value;
        if (!IsNext(waiting) && !waiting.IsImpatient) return;

        _numbered.Remove(waiting.Numbers.First);
        timers.Cancel(waiting);
        _isTaken = true;
        _last = waiting.Numbers.Last;
        if (_remembered.Count == MaxRemembered) _remembered.Dequeue();
        _remembered.Enqueue((waiting.Numbers, waiting.Fingerprint));
        DropOvertaken();
        waiting.Tell(Turn.Given);
    }

    /// <summary>Messages that begin inside the one whose turn it is have used its numbers.</summary>
    private void DropOvertaken()
    {
        while (_numbered.Count > 0 && _numbered.First().Value is { } waiting && waiting.Numbers.First <= _last)
        {
            _numbered.Remove(waiting.Numbers.First);
            timers.Cancel(waiting);
            waiting.Tell(Turn.NumberUsed);
        }
    }

    private static int FingerprintOf(ReadOnlySpan<byte> message)
    {
        var hash = new HashCode();
        hash.AddBytes(message);
        return hash.ToHashCode();
    }

    private bool IsNext(WaitingMessage waiting) => _last == 0 || waiting.Numbers.First == _last + 1;

    private Turn JudgeLate(WaitingMessage late)
    {
        foreach (var (numbers, fingerprint) in _remembered)
        {
            if (numbers == late.Numbers && fingerprint == late.Fingerprint) return Turn.Repeated;
            if (numbers.First <= late.Numbers.Last && late.Numbers.First <= numbers.Last) return Turn.NumberUsed;
        }

        return Turn.TooLate;
    }
}
