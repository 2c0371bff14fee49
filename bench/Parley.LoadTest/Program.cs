using System.CommandLine;
using Parley.LoadTest;
using Parley.LoadTest.Commands;

var root = new RootCommand("Loads a server that speaks the Centrifuge protocol v2 (JSON over WebSocket, HTTP streams or long polling) and measures it. Linux only.")
{
    new FanoutCommand(),
    new ChannelsCommand(),
    new EchoCommand(),
    new IdleCommand(),
    new CompareCommand(),
};

try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (LoadTestException exception)
{
    Console.Error.WriteLine($"FAILED: {exception.Message}");
    return 1;
}
