using System.CommandLine;
using Parley.LoadTest;
using Parley.LoadTest.Commands;

var root = new RootCommand("Loads a server of channels, in the Centrifuge protocol v2 or another dialect, and measures it. Linux only.")
{
    new FanoutCommand(),
    new ChannelsCommand(),
    new EchoCommand(),
    new HttpCommand(),
    new IdleCommand(),
    new SoakCommand(),
    new CompareCommand(),
    new CompareAllCommand(),
    new StartCommand(),
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
