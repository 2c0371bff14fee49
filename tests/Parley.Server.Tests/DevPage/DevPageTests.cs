using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Server.DevPage;
using Parley.Testing;

namespace Parley.Server.Tests.DevPage;

public sealed partial class DevPageTests(DevServer server) : IClassFixture<DevServer>
{
    private readonly HttpClient _client = server.Client;

    [Fact]
    public async Task The_page_is_served_with_a_policy_that_allows_nothing_inline_and_nothing_from_elsewhere()
    {
        using var answer = await _client.GetAsync("/");

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", page);
    }

    [Fact]
    public async Task Everything_the_page_asks_for_is_there()
    {
        List<string> paths = [.. Reference().Matches(await _client.GetStringAsync("/")).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(paths);
        for (var index = 0; index < paths.Count; index++)
        {
            using var answer = await _client.GetAsync(paths[index]);
            Assert.True(answer.IsSuccessStatusCode, paths[index]);
            Assert.NotEqual("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            if (!paths[index].Contains("/vendor/", StringComparison.Ordinal))
                paths.AddRange(Import().Matches(await answer.Content.ReadAsStringAsync()).Select(Resolve).Except(paths));
        }

        Assert.Equal(
            DevPageFiles.All.Keys.Where(file => file != "index.html").Order(StringComparer.Ordinal),
            paths.Select(path => path["/dev/".Length..]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_s_own_scripts_make_no_markup_from_text()
    {
        foreach (var (file, content) in DevPageFiles.All.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal) && !file.Key.StartsWith("vendor/", StringComparison.Ordinal)))
            Assert.False(Markup().IsMatch(System.Text.Encoding.UTF8.GetString(content)), file);
    }

    [Fact]
    public void The_vendored_files_are_those_that_their_list_names()
    {
        var list = File.ReadAllText(Repository.PathOf("src", "Parley.Server", "DevPage", "vendor", "README.md"));
        foreach (var (file, content) in DevPageFiles.All.Where(file => file.Key.StartsWith("vendor/", StringComparison.Ordinal) && file.Key.EndsWith(".js", StringComparison.Ordinal)))
            Assert.Contains($"{file["vendor/".Length..]} | dist/{file["vendor/".Length..]} | {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))}", list);
    }

    [Theory]
    [InlineData("/", "evil.example")]
    [InlineData("/", "127.0.0.1.evil.example")]
    [InlineData("/", "192.0.2.1:8000")]
    [InlineData("/dev/settings.json", "evil.example")]
    [InlineData("/connection/websocket", "evil.example")]
    [InlineData("/api/info", "evil.example")]
    [InlineData("/health/live", "evil.example")]
    public async Task Requests_to_a_name_that_is_not_loopback_are_refused(string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:1")]
    public async Task Requests_to_loopback_names_are_answered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task Settings_are_only_for_the_page_itself(string site, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dev/settings.json") { Headers = { { "Sec-Fetch-Site", site }, { "Sec-Fetch-Mode", "cors" } } };
        using var answer = await _client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Settings_and_banner_show_the_generated_key_and_the_banner_a_token()
    {
        var key = JsonDocument.Parse(File.ReadAllText(server.Folder.KeyFile)).RootElement.GetProperty("apiKey").GetString()!;

        var settings = await _client.GetFromJsonAsync<JsonElement>("/dev/settings.json");

        Assert.Equal(key, settings.GetProperty("apiKey").GetString());
        await server.Process.WaitForLineAsync(line => line.Contains("DEVELOPMENT MODE", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(line => line.Contains($"X-API-Key: {key}", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(line => line.Contains("a token", StringComparison.Ordinal) && line.Contains(" eyJ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_made_for_whom_the_page_names_and_a_form_of_another_page_gets_none()
    {
        using var made = await _client.PostAsJsonAsync("/dev/token", new { user = "alice", channel = "$news" });
        using var form = await _client.PostAsync("/dev/token", new FormUrlEncodedContent([new("user", "alice")]));
        using var nobody = await _client.PostAsJsonAsync("/dev/token", new { });

        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
        Assert.Equal(("alice", "$news"), (claims.GetProperty("sub").GetString(), claims.GetProperty("channel").GetString()));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
    }

    private static string Resolve(Match match)
        => match.Groups[1].Value is ['.', '/', .. var file] ? $"/dev/{file}" : match.Groups[1].Value;

    [GeneratedRegex("""(?:src|href)="(/dev/[^"]+)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""(?:from |: )'(\./[\w.]+|/dev/[\w./]+\.js)'""")]
    private static partial Regex Import();

    [GeneratedRegex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function")]
    private static partial Regex Markup();
}
