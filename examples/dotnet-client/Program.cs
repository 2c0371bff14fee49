using System.Text;
using System.Text.Json;
using DotnetClient;
using Parley.Client;

// dotnet run -- [ADDRESS [CHANNEL]]; with a server that was started with --dev, no arguments are needed.
var address = new Uri(args.ElementAtOrDefault(0) ?? "http://127.0.0.1:8000");
var channel = args.ElementAtOrDefault(1) ?? "chat";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

await using var client = new ParleyClient(address);
client.Connecting += (_, e) => Console.WriteLine($"connecting: {e.Reason}");
client.Connected += (_, e) => Console.WriteLine($"connected by {e.Transport}");
client.Disconnected += (_, e) => Console.WriteLine($"disconnected: {e.Reason} ({e.Code})");
client.Error += (_, e) => Console.WriteLine($"goes on after: {e.Exception.Message}");

var subscription = client.NewSubscription(channel);
subscription.Subscribed += (_, e) =>
{
    if (e is { WasRecovering: true, Recovered: false }) Console.WriteLine("some messages were missed for good");
};
subscription.PublicationReceived += (_, publication) => Console.WriteLine(Encoding.UTF8.GetString(publication.Data.Span));
subscription.Subscribe();
client.Connect();

try
{
    await subscription.ReadyAsync(stop.Token);
    while (await Console.In.ReadLineAsync(stop.Token) is { Length: > 0 } line)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(new Message(line), Json.Default.Message);
        await subscription.PublishAsync(data, stop.Token);
    }
}
catch (ParleyException exception)
{
    Console.WriteLine($"refused: {exception.Message}");
}
catch (OperationCanceledException)
{
    // Ctrl+C
}
