using Parley.WebhookBench;

// The receiver is this program in a process of its own.
if (args is ["receiver", var url])
    return await Receiver.RunAsync(url);
if (args is [var server, var report])
    return await Benchmark.RunAsync(server, report);
Console.Error.WriteLine("Parley.WebhookBench SERVER.dll REPORT.md");
return 2;
