using System.Net;
using System.Text;
using CsCheck;
using Parley.AspNetCore.Api;

namespace Parley.AspNetCore.Tests.Api;

public sealed class ApiFuzzTests
{
    private static readonly string[] Names =
    [
        .. ApiMethods.All.SelectMany(method => method.RequestType.Properties).Select(property => property.Name).Distinct(),
        .. ApiMethods.All.Select(method => method.Name), "value", "offset", "epoch", "code", "reason", "\\ud800", "",
    ];

    [Fact]
    public async Task No_JSON_is_answered_with_anything_but_a_result_or_a_documented_error()
    {
        await using var host = await ApiHost.StartAsync();
        var value = Gen.Recursive<string>((depth, inner) => depth > 4
            ? Gen.OneOf("1", "-1", "1e999", "null", "true", "\"x\"", "\"\\ud800\"", "{}", "[]", "\"AAA=\"")
            : Gen.OneOf(
                Gen.OneOf("0", "4000", "null", "\"chat:1\"", "\"\\udfff\"", "[[]]"),
                Gen.Select(Gen.OneOf(Names), inner, (key, item) => $"\"{key}\":{item}").Array[0, 5].Select(items => "{" + string.Join(',', items) + "}"),
                inner.Array[0, 3].Select(items => "[" + string.Join(',', items) + "]")));

        Gen.Select(Gen.OneOf([.. ApiMethods.All.Select(method => "/" + method.Name), ""]), value).Sample((path, json) =>
        {
            using var response = host.SendAsync("/api" + path, Encoding.UTF8.GetBytes(json), ("X-API-Key", ApiHost.Key)).GetAwaiter().GetResult();
            var body = response.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            if (response.StatusCode == HttpStatusCode.BadRequest)
                Assert.Equal(107u, ApiHost.ErrorCode(body));
            else
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            if (body.StartsWith("{\"error", StringComparison.Ordinal))
                Assert.Contains(ApiHost.ErrorCode(body), (uint[])[104, 107, 108]);
        }, iter: 2000);

        Assert.DoesNotContain("Unhandled", host.Log.AllText, StringComparison.OrdinalIgnoreCase);
    }
}
