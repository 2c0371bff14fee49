using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using Parley.AspNetCore.Authentication;
using Parley.Server.Configuration;

namespace Parley.Server.Commands;

/// <summary><c>token</c>: makes a token with the secret of the server that runs from the same folder and configuration.</summary>
internal sealed class TokenCommand
{
    private const string Description = """
        Make a token, for development and tests. It is signed with Parley:Tokens:HmacSecret, or with the generated secret in the data
        directory, so run it with the same folder and configuration as the server. In production your backend makes the tokens.
        """;

    private readonly Option<string> _user = new("--user", "-u")
    {
        Description = "Id of the user the token speaks for; \"\" for an anonymous one.",
        HelpName = "ID",
        Required = true,
    };

    private readonly Option<TimeSpan?> _ttl = new("--ttl")
    {
        Description = "How long the token can be used: 90s, 15m, 1h, 7d, or never. Default 1h.",
        HelpName = "TIME",
        CustomParser = static result => Parse<TimeSpan?>(result, static text => TokenTime.ParseLifetime(text)),
    };

    private readonly Option<DateTimeOffset?> _expireAt = new("--expire-at")
    {
        Description = "When the connection or subscription ends, if not with the token: seconds since 1970, 2030-01-31T12:00:00Z, or never.",
        HelpName = "WHEN",
        CustomParser = static result => Parse<DateTimeOffset?>(result, static text => TokenTime.ParseMoment(text, DateTimeOffset.UtcNow)),
    };

    private readonly Option<string> _info = new("--info")
    {
        Description = "What other clients see of this one in presence, join and leave, as JSON.",
        HelpName = "JSON",
    };

    private readonly Option<string> _channel = new("--channel")
    {
        Description = "Make a subscription token for this channel instead of a connection token.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _channels = new("--channels")
    {
        Description = "Channels that the server subscribes the connection to, separated by commas.",
        HelpName = "NAMES",
        CustomParser = static result => result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Arity = ArgumentArity.ExactlyOne,
    };

    private TokenCommand()
    {
        _info.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } json && !IsJson(json))
                result.AddError("Option '--info' needs JSON, as '{\"name\":\"Alice\"}'.");
        });
    }

    public static Command Create(Func<ParseResult, ConfigurationRequest> request)
    {
        var options = new TokenCommand();
        Command command = new("token", Description)
        {
            options._user, options._ttl, options._expireAt, options._info, options._channel, options._channels,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(options._channel) is not null && result.GetResult(options._channels) is not null)
                result.AddError("Option '--channel' makes a subscription token and '--channels' belongs in a connection token: use one of them.");
        });
        command.SetAction(result => options.Run(result, request(result)));
        return command;
    }

    private int Run(ParseResult result, ConfigurationRequest request)
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        var settings = ServerSettings.Load(request);
        if (!settings.TryUseGeneratedKeys(out _))
        {
            ProblemReport.Write(error, settings.Problems);
            return ExitCodes.Failure;
        }

        try
        {
            // The token alone, so that it can be captured: TOKEN=$(... token --user alice)
            output.WriteLine(Sign(result, new TokenIssuer(settings.Parley.Tokens, settings.Parley.SubscriptionTokens)));
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            error.WriteLine(exception.Message);
            return ExitCodes.Failure;
        }
    }

    private string Sign(ParseResult result, TokenIssuer issuer)
    {
        var user = result.GetRequiredValue(_user);
        var lifetime = result.GetValue(_ttl) ?? TimeSpan.FromHours(1);
        var info = Encoding.UTF8.GetBytes(result.GetValue(_info) ?? "");
        var end = result.GetValue(_expireAt);
        if (result.GetValue(_channel) is { } channel)
        {
            return issuer.CreateSubscriptionToken(user, channel, lifetime, new ServerSubscribeOptions { Info = info, ExpireAt = end });
        }

        return issuer.CreateConnectionToken(user, lifetime, new ConnectionTokenOptions
        {
            Info = info,
            Channels = result.GetValue(_channels) ?? [],
            ConnectionLifetime = end == TokenTime.Never ? Timeout.InfiniteTimeSpan : end - DateTimeOffset.UtcNow,
        });
    }

    private static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (FormatException exception)
        {
            result.AddError($"Option '{((OptionResult)result.Parent!).Option.Name}' {exception.Message}");
            return default;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
