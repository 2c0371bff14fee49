using System.Net;
using System.Net.Sockets;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>Asks the system, for so many names at once, on threads that nothing else needs.</summary>
/// <remarks>
/// A look-up holds a thread until it is answered, for half a minute when a server of names is silent, and nothing ends it before. Of the threads
/// that all of the process shares, users' names would soon have taken all. What is kept for a moment is no way around the guard: each
/// connection checks the addresses again, and goes to one that it has checked.
/// </remarks>
/// <param name="lookUp">Asks, and waits for the answer.</param>
/// <param name="time">Measures how long.</param>
internal sealed class HostResolver(Func<string, IPAddress[]> lookUp, TimeProvider time) : IHostResolver
{
    /// <summary>Names that are asked for at once.</summary>
    public const int MaxAtOnce = 32;

    /// <summary>How long an answer is waited for, a place to ask included.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxKept = 2_000;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LookUp> _lookUps = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Find(host).Answer.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
    }

    /// <summary>The look-up of a name that is under way or was a moment ago, or a new one: all who ask for a name at once share it.</summary>
    private LookUp Find(string host)
    {
        lock (_gate)
        {
            if (_lookUps.TryGetValue(host, out var known) && !IsOver(known))
                return known;
            if (_lookUps.Count >= MaxKept)
                MakeRoom();
            var made = new LookUp(time.GetTimestamp());
            _lookUps[host] = made;
            _ = RunAsync(host, made);
            return made;
        }
    }

    private bool IsOver(LookUp one) => one.EndedAt is { } at && time.GetElapsedTime(at) >= (one.Answer.IsCompletedSuccessfully ? Kept : FailureKept);

    /// <summary>Those under way stay, of which there are no more than requests.</summary>
    private void MakeRoom()
    {
        foreach (var (host, _) in _lookUps.Where(static entry => entry.Value.EndedAt is not null).ToList())
            _lookUps.Remove(host);
    }

    private async Task RunAsync(string host, LookUp one)
    {
        await _places.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            // Nobody waits for it any more.
            if (time.GetElapsedTime(one.AskedAt) >= Patience)
                throw new SocketException((int)SocketError.TryAgain);
            var addresses = await Task.Factory.StartNew(
                () => lookUp(host), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            one.End(addresses, null, time.GetTimestamp());
        }
        catch (Exception exception)
        {
            one.End(null, exception, time.GetTimestamp());
        }
        finally
        {
            _places.Release();
        }
    }

    private sealed class LookUp(long askedAt)
    {
        private readonly TaskCompletionSource<IPAddress[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long AskedAt => askedAt;

        public long? EndedAt { get; private set; }

        public Task<IPAddress[]> Answer => _answer.Task;

        public void End(IPAddress[]? addresses, Exception? exception, long at)
        {
            EndedAt = at;
            if (addresses is not null)
                _answer.SetResult(addresses);
            else
                _answer.SetException(exception!);
        }
    }
}
