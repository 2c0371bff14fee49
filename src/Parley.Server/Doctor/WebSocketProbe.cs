using System.Net.WebSockets;
using System.Text;

namespace Parley.Server.Doctor;

/// <summary>Tries the WebSocket transport.</summary>
internal static class WebSocketProbe
{
    private const string Name = "websocket";

    public static async Task<Finding> RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var observation = new Observation(Name);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in examination.Headers)
            socket.Options.SetRequestHeader(name, value);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(examination.Patience);
        try
        {
            await socket.ConnectAsync(ToWebSocket(examination.Transport(Name)), patience.Token);
            observation.Opened();
            await SendAsync(socket, examination.Connect, patience.Token);
            if (await ReceiveAsync(socket, patience.Token) is { } reply)
                observation.Answered(reply);
            else
                observation.Refused((int?)socket.CloseStatus, socket.CloseStatusDescription);
        }
        catch (WebSocketException exception) when (socket.HttpStatusCode is not 0)
        {
            var status = socket.HttpStatusCode;
            return observation.Fails($"answered with HTTP {(int)status} in place of an upgrade ({exception.WebSocketErrorCode})", Advice.OfStatus(status, isUpgrade: true));
        }
        catch (WebSocketException exception)
        {
            return observation.Fails(exception.InnerException?.Message ?? exception.Message, Advice.NotReached);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return observation.Fails("what came is not the protocol", Advice.NotTheServer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Fails($"no answer within {examination.Patience.TotalSeconds:0} s", Advice.NotUpgraded);
        }

        return observation.WasRefused || examination.Hold == TimeSpan.Zero
            ? observation.Works(TimeSpan.Zero)
            : await KeepAsync(socket, observation, examination.Hold, cancellationToken);
    }

    private static async Task<Finding> KeepAsync(
        ClientWebSocket socket, Observation observation, TimeSpan hold, CancellationToken cancellationToken)
    {
        var begin = observation.Elapsed;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(hold);
        try
        {
            while (await ReceiveAsync(socket, end.Token) is { } message)
            {
                if (message != "{}") continue;
                observation.Pings++;
                await SendAsync(socket, "{}", end.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Works(hold);
        }
        catch (WebSocketException)
        {
            // Cut without a close frame.
        }

        if (socket.CloseStatus is { } status && (int)status >= 3000)
            return observation.Fails($"the server ended it: {(int)status} {socket.CloseStatusDescription}", Advice.EndedByServer);
        return observation.Fails($"ended by itself ({(int?)socket.CloseStatus} {socket.CloseStatusDescription})", Advice.CutAfter(observation.Elapsed - begin));
    }

    private static Uri ToWebSocket(Uri address) =>
        new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;

    private static Task SendAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <returns>The next message; null when the server has closed.</returns>
    private static async Task<string?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage) return Encoding.UTF8.GetString(message.ToArray());
        }
    }
}
