using Parley.Server.Commands;

namespace Parley.Server.Tests.Commands;

public sealed class CommandLineSettingsTests
{
    [Fact]
    public void Split_takes_keys_in_both_forms_and_leaves_the_rest_in_order()
    {
        var settings = CommandLineSettings.Split(
            ["serve", "--Parley:Clients:MaxChannels", "64", "--dev", "--Kestrel:Endpoints:Https:Url=https://localhost:1", "--urls", "http://localhost:2"]);

        Assert.Equal(
            [new("Parley:Clients:MaxChannels", "64"), new("Kestrel:Endpoints:Https:Url", "https://localhost:1")], settings.Values);
        Assert.Equal(["serve", "--dev", "--urls", "http://localhost:2"], settings.Remaining);
        Assert.Empty(settings.Errors);
    }

    [Fact]
    public void Split_takes_an_empty_value_and_one_with_an_equals_sign()
    {
        var settings = CommandLineSettings.Split(["--Parley:Tokens:Issuer=", "--Parley:Tokens:Audience=a=b"]);

        Assert.Equal([new("Parley:Tokens:Issuer", ""), new("Parley:Tokens:Audience", "a=b")], settings.Values);
    }

    [Fact]
    public void Split_of_a_key_given_twice_takes_the_last()
    {
        var settings = CommandLineSettings.Split(["--Parley:Tokens:Issuer=a", "--parley:tokens:issuer", "b"]);

        Assert.Equal([new("parley:tokens:issuer", "b")], settings.Values);
    }

    [Theory]
    [InlineData("--Parley:Clients:Insecure")]
    [InlineData("--Parley:Clients:Insecure", "--dev")]
    public void Split_of_a_key_without_a_value_is_an_error_that_names_it(params string[] arguments)
    {
        var error = Assert.Single(CommandLineSettings.Split(arguments).Errors);

        Assert.Contains("--Parley:Clients:Insecure", error);
    }

    [Fact]
    public void Split_of_a_key_in_an_unknown_section_is_an_error_that_lists_the_sections()
    {
        var error = Assert.Single(CommandLineSettings.Split(["--Parly:Clients:Insecure", "true"]).Errors);

        Assert.Contains("'Parly'", error);
        Assert.Contains("Parley, Kestrel, Logging", error);
    }

    [Fact]
    public void Split_leaves_alone_what_only_has_a_colon_in_its_value()
    {
        string[] arguments = ["--urls=http://localhost:1", "--info={\"a\":1}", "-x:y", "a:b"];

        Assert.Equal(arguments, CommandLineSettings.Split(arguments).Remaining);
    }
}
