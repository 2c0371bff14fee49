using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Parley.AspNetCore;
using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public sealed class TrimmingTests
{
    [Fact]
    public void Each_type_of_options_keeps_its_properties_for_the_look_at_the_keys()
    {
        var kept = typeof(ServerSettings).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
            .SelectMany(static method => method.GetCustomAttributes<DynamicDependencyAttribute>())
            .Where(static dependency => dependency.MemberTypes is DynamicallyAccessedMemberTypes.PublicProperties)
            .Select(static dependency => dependency.Type!);

        var read = Sections(typeof(ParleyOptions)).Concat(Sections(typeof(ServerOptions))).Distinct();

        Assert.Equal(read.OrderBy(static type => type.FullName), kept.OrderBy(static type => type.FullName));
    }

    private static IEnumerable<Type> Sections(Type type)
    {
        if (type == typeof(string) || type.IsValueType)
            return [];
        return type.IsGenericType
            ? Sections(type.GenericTypeArguments[^1])
            : type.GetProperties().Where(static property => property.CanWrite).SelectMany(static property => Sections(property.PropertyType)).Append(type);
    }
}
