using Parley.WebhookBench;

// The receiver is this program in a process of its own.
if (args is ["receiver", var url])
    return await Receiver.RunAsync(url);
if (Settings.From(args) is { } settings)
    return await Benchmark.RunAsync(settings);
Console.Error.WriteLine(Settings.Usage);
return 2;
