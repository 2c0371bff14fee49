using Microsoft.Extensions.Hosting;

namespace Parley.AspNetCore.Transports;

/// <summary>Lets new connections in, over all transports, or says why not.</summary>
internal sealed class ConnectionGate(HandshakeLimiter limiter, IHostApplicationLifetime application)
{
    private static readonly TimeSpan RetryAfterShutdown = TimeSpan.FromSeconds(1);

    /// <summary>Lets a connection in.</summary>
    /// <returns>Null: the caller must call <see cref="Leave"/> when the connection has ended. Else why it may not.</returns>
    public Refusal? Enter()
    {
        if (application.ApplicationStopping.IsCancellationRequested)
            return Refusal.Unavailable("The server is stopping.", RetryAfterShutdown);
        return limiter.TryEnter(out var retryAfter)
            ? null
            : Refusal.Unavailable("The server takes no more connections now.", retryAfter);
    }

    /// <summary>Counts a connection out that was let in.</summary>
    public void Leave() => limiter.Leave();
}
