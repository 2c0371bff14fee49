using System.Reflection;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.AspNetCore;
using Parley.Server.Hosting;
using Parley.Sessions;
using Parley.Testing;
using Parley.Webhooks;

namespace Parley.Server.Tests.Hosting;

/// <summary>What the native compiler is told of types that dependency injection makes: Properties/PublishProfiles/NativeAot.rd.xml.</summary>
public sealed class NativeStartTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(ClientOptions).Assembly,
        typeof(ParleyOptions).Assembly,
        typeof(WebhookOptions).Assembly,
        typeof(SqliteWebhooksBuilderExtensions).Assembly,
        typeof(PostgreSqlWebhooksBuilderExtensions).Assembly,
        typeof(ServerApplication).Assembly,
    ];

    [Fact]
    public void Each_type_is_one()
    {
        Assert.All(Named(), static name => Assert.NotNull(Type.GetType(name)));
    }

    [Fact]
    public void The_logger_and_the_options_of_each_service_are_compiled()
    {
        var named = Named().Select(Type.GetType).ToHashSet();

        var asked = Assemblies.SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false })
            .SelectMany(static type => type.GetConstructors())
            .SelectMany(static constructor => constructor.GetParameters())
            .Select(static parameter => parameter.ParameterType)
            .Where(static type => type.IsGenericType)
            .Select(static type => Made(type.GetGenericTypeDefinition())?.MakeGenericType(type.GenericTypeArguments))
            .OfType<Type>();

        Assert.DoesNotContain(asked, type => !named.Contains(type));
    }

    private static Type? Made(Type asked)
    {
        if (asked == typeof(ILogger<>))
            return typeof(Logger<>);
        if (asked == typeof(IOptions<>))
            return typeof(OptionsFactory<>).Assembly.GetType("Microsoft.Extensions.Options.UnnamedOptionsManager`1", throwOnError: true);
        return asked == typeof(IOptionsMonitor<>) ? typeof(OptionsMonitor<>) : null;
    }

    private static IEnumerable<string> Named() =>
        from element in XDocument.Load(Repository.PathOf("src", "Parley.Server", "Properties", "PublishProfiles", "NativeAot.rd.xml")).Descendants()
        where element.Name.LocalName == "Type"
        select $"{element.Attribute("Name")!.Value}, {element.Parent!.Attribute("Name")!.Value}";
}
