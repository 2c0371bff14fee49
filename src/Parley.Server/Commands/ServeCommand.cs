using System.CommandLine;
using Parley.AspNetCore.Authentication;
using Parley.Server.Configuration;
using Parley.Server.Hosting;

namespace Parley.Server.Commands;

/// <summary><c>serve</c>, which is also what happens without a command: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    private const string Description = """
        Start the server (the default command). It stops on SIGINT and SIGTERM: no new connections, the present ones are closed with
        3001 so that they reconnect elsewhere, exit code 0 within Parley:ShutdownTimeout.
        """;

    public static Command Create(Func<ParseResult, ConfigurationRequest> request)
    {
        Command command = new("serve", Description);
        command.SetAction((result, cancellationToken) => RunAsync(request(result), result.InvocationConfiguration, cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(ConfigurationRequest request, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        // Beside the configuration: each takes a few milliseconds, and a machine has more than one processor.
        var builder = Task.Run(() => ServerApplication.CreateBuilder(ConfigurationSources.AsksForDevelopment(request)), cancellationToken);
        var settings = ServerSettings.Load(request);
        if (!settings.TryUseGeneratedKeys(out var keyFile))
        {
            ProblemReport.Write(console.Error, settings.Problems);
            return ExitCodes.Failure;
        }

        await using var app = ServerApplication.Build(await builder, settings);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await console.Error.WriteLineAsync($"The server could not start: {StartFailure.Explain(exception)}");
            return ExitCodes.Failure;
        }

        app.Services.GetRequiredService<QuietStart>().End();
        app.Services.GetRequiredService<StartReport>().Write(settings, keyFile, app.Urls);
        if (!settings.HasMachineReadableLog)
            await console.Output.WriteAsync(Banner.Write(settings, keyFile, [.. app.Urls], Secrets(settings)));

        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Success;
    }

    private static DevelopmentSecrets? Secrets(ServerSettings settings)
    {
        if (!settings.Sources.IsDevelopment)
            return null;

        var parley = settings.Parley;
        var token = parley.Tokens.HmacSecret is null
            ? null
            : new TokenIssuer(parley.Tokens).CreateConnectionToken("alice", TimeSpan.FromHours(1));
        return new(parley.Api.Insecure ? null : parley.Api.Keys.FirstOrDefault(), token);
    }
}
