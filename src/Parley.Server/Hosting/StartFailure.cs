namespace Parley.Server.Hosting;

/// <summary>Says in one sentence why the web server did not start.</summary>
internal static class StartFailure
{
    public static string Explain(Exception exception) => exception switch
    {
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"{Sentence(exception.Message)} Another program listens there; stop it, or choose another address with --urls.",
        _ => Sentence(exception.Message),
    };

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
