using System.Text;
using System.Text.Json;
using CsCheck;
using Parley.Nodes;
using Parley.Specifications.Nodes;

namespace Parley.Tests.Nodes;

public sealed class NodeMessagesTests
{
    [Fact]
    public void Requests_come_out_as_they_went_in()
    {
        foreach (var request in NodeRequests.All)
        {
            var read = NodeMessages.ReadRequest(NodeMessages.Write(request));

            Assert.Equal(request.GetType(), read.GetType());
            Assert.Equal(Describe(request), Describe(read));
        }
    }

    [Fact]
    public void Answers_come_out_as_they_went_in()
    {
        foreach (var answer in NodeRequests.Answers)
            Assert.Equal(Describe(answer), Describe(NodeMessages.ReadAnswer(NodeMessages.Write(answer))));
    }

    [Fact]
    public void What_a_later_version_adds_is_passed_over()
    {
        var request = NodeMessages.ReadRequest(Frame("""{"$type":"channels","Pattern":"a*","Limit":5,"Hold":"00:00:00"}"""));

        Assert.Equal(new NodeRequest.Channels("a*"), request);
        Assert.Equal("x", NodeMessages.ReadAnswer(Frame("""{"Head":"x","Later":{"a":[1]}}""")).Head);
    }

    [Theory]
    [InlineData("""{"$type":"of a later version"}""")]
    [InlineData("""{"$type":"subscribe","Channel":"a"}""")]
    [InlineData("""{"$type":"transport","Name":null,"Head":""}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("")]
    public void What_this_version_does_not_know_is_not_read(string head) =>
        Assert.Throws<InvalidDataException>(() => NodeMessages.ReadRequest(Frame(head)));

    [Fact]
    public void What_is_cut_off_is_not_read()
    {
        var whole = NodeMessages.Write(new NodeRequest.Channels("a*"));

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => NodeMessages.ReadRequest(whole.AsMemory(0, length)));
    }

    [Fact]
    public void Whatever_comes_nothing_else_is_thrown() => Gen.Byte.Array.Sample(static bytes =>
    {
        if (bytes.Length >= 4) bytes.AsSpan(1, 3).Clear(); // a length that may be right
        Assert.Throws<InvalidDataException>(() => NodeMessages.ReadRequest(bytes));
        try
        {
            NodeMessages.ReadAnswer(bytes);
        }
        catch (InvalidDataException)
        {
        }
    });

    [Fact]
    public void Secrets_of_sessions_get_into_no_log() =>
        Assert.DoesNotContain("secret", $"{NodeRequests.Transport([1], TimeSpan.Zero)}", StringComparison.Ordinal);

    private static byte[] Frame(string head)
    {
        var json = Encoding.UTF8.GetBytes(head);
        return [.. BitConverter.GetBytes(json.Length), .. json];
    }

    /// <summary>All that it says, by other means than those that are tested.</summary>
    private static string Describe(object message)
    {
        var text = new StringBuilder();
        Describe(message, text);
        return text.ToString();
    }

    private static void Describe(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append(Convert.ToHexString(bytes.Span));
                break;
            case string or bool or int or uint or ulong or DateTimeOffset or TimeSpan:
                text.Append(JsonSerializer.Serialize(value));
                break;
            case System.Collections.IEnumerable many:
                foreach (var one in many) Describe(one, text.Append(", "));
                break;
            default:
                foreach (var property in value.GetType().GetProperties().Where(static one => one.GetMethod is { IsStatic: false }))
                    Describe(property.GetValue(value), text.Append(System.Globalization.CultureInfo.InvariantCulture, $"; {property.Name}: "));
                break;
        }
    }
}
