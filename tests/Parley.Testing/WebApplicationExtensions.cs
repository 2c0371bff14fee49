using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;

namespace Parley.Testing;

/// <summary>Ends the servers of tests.</summary>
public static class WebApplicationExtensions
{
    /// <summary>Stops without waiting for connections that a test left open: they are cut. Then disposes.</summary>
    public static async Task EndNowAsync(this WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await application.StopAsync(now.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // What was cut.
        }

        await application.DisposeAsync();
    }
}
