using Parley.Timing;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>A message that waits for its turn.</summary>
internal sealed class WaitingMessage(MessageTurns turns, CommandNumbers numbers, int fingerprint) : TimerWheelEntry
{
    private readonly TaskCompletionSource<Turn> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CommandNumbers Numbers => numbers;

    public int Fingerprint => fingerprint;

    /// <summary>Whether it waits no longer for what is before it.</summary>
    public bool IsImpatient { get; set; }

    public Task<Turn> Task => _turn.Task;

    public bool IsSameAs(WaitingMessage other) => numbers == other.Numbers && fingerprint == other.Fingerprint;

    public void Tell(Turn turn) => _turn.TrySetResult(turn);

    protected internal override void OnDue() => turns.GiveUpOnTheGap(this);
}
