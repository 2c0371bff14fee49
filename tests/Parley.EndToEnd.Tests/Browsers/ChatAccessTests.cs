using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>What <c>examples/chat</c> refuses, however a request is made.</summary>
public sealed class ChatAccessTests(ChatApplication chat) : IClassFixture<ChatApplication>, IDisposable
{
    private const string Messages = "/api/rooms/lobby/messages";

    private readonly HttpClientHandler _cookies = new() { AllowAutoRedirect = false };

    [Fact]
    public async Task Nobody_posts_or_connects_without_being_logged_in()
    {
        using var http = NewClient();
        using var socket = new ClientWebSocket();

        using var posted = await http.PostAsJsonAsync(Messages, new { key = "1", text = "Hello" });
        var connected = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(socket));

        Assert.Equal(HttpStatusCode.Unauthorized, posted.StatusCode);
        Assert.Equal(WebSocketError.NotAWebSocket, connected.WebSocketErrorCode);
    }

    [Fact]
    public async Task A_page_of_another_site_does_not_connect_with_the_user_s_cookie()
    {
        using var http = await LogInAsync("Ada");
        using var own = new ClientWebSocket { Options = { Cookies = _cookies.CookieContainer } };
        own.Options.SetRequestHeader("Origin", chat.Address.GetLeftPart(UriPartial.Authority));
        using var foreign = new ClientWebSocket { Options = { Cookies = _cookies.CookieContainer } };
        foreign.Options.SetRequestHeader("Origin", "https://evil.example");

        await ConnectAsync(own);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(foreign));

        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Messages, "", HttpStatusCode.BadRequest)]
    [InlineData(Messages, " \n ", HttpStatusCode.BadRequest)]
    [InlineData(Messages, "bell \a", HttpStatusCode.BadRequest)]
    [InlineData("/api/rooms/cellar/messages", "Hello", HttpStatusCode.NotFound)]
    [InlineData(Messages, "two\nlines", HttpStatusCode.NoContent)]
    public async Task A_message_is_checked_before_it_is_published(string path, string text, HttpStatusCode expected)
    {
        using var http = await LogInAsync("Grace");

        using var posted = await http.PostAsJsonAsync(path, new { key = "1", text });

        Assert.Equal(expected, posted.StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused_with_both_numbers()
    {
        using var http = await LogInAsync("Grace");

        using var posted = await http.PostAsJsonAsync(Messages, new { key = "1", text = new string('x', 2_001) });

        Assert.Equal(HttpStatusCode.BadRequest, posted.StatusCode);
        Assert.Contains("at most 2000 characters, this one has 2001", await posted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_floods_a_room_is_stopped()
    {
        using var http = await LogInAsync("Mallory");
        HttpStatusCode status;
        var taken = 0;
        do
        {
            using var posted = await http.PostAsJsonAsync(Messages, new { key = $"{taken}", text = "spam" });
            status = posted.StatusCode;
        }
        while (status == HttpStatusCode.NoContent && ++taken < 1_000);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Fact]
    public async Task The_login_form_takes_no_post_of_another_site()
    {
        using var http = NewClient();

        using var posted = await http.PostAsync("/login", new FormUrlEncodedContent([KeyValuePair.Create("Name", "Ada")]));

        Assert.Equal(HttpStatusCode.BadRequest, posted.StatusCode);
    }

    public void Dispose() => _cookies.Dispose();

    private Task ConnectAsync(ClientWebSocket socket)
    {
        var address = new UriBuilder(chat.Address) { Scheme = "ws", Path = "/connection/websocket" };
        return socket.ConnectAsync(address.Uri, CancellationToken.None).WaitAsync(Patience.Limit);
    }

    private HttpClient NewClient() => new(_cookies, disposeHandler: false) { BaseAddress = chat.Address, Timeout = Patience.Limit };

    private async Task<HttpClient> LogInAsync(string user)
    {
        var http = NewClient();
        var form = await http.GetStringAsync("/login");
        const string Before = "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"";
        var start = form.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        var token = form[start..form.IndexOf('"', start)];
        using var posted = await http.PostAsync("/login", new FormUrlEncodedContent(
            [KeyValuePair.Create("Name", user), KeyValuePair.Create("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.Found, posted.StatusCode);
        return http;
    }
}
