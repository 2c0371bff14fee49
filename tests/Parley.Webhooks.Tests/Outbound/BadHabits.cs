using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>What receivers do to those who send to them, by name.</summary>
internal static class BadHabits
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    /// <summary>20 MB of nothing.</summary>
    private static readonly string Bomb = MakeBomb();

    /// <summary>Never answer, or never come to an end: only the deadline ends these.</summary>
    public static readonly Dictionary<string, Func<RawConnection, Task>> Hanging = new()
    {
        ["says nothing"] = static connection => connection.HangAsync(),
        ["stops reading in the head of the request"] = static async connection =>
        {
            await connection.ReadAsync(20);
            await connection.HangAsync();
        },
        ["says nothing after the request"] = After("", static connection => connection.HangAsync()),
        ["stops in the status line"] = After("HTTP/1.1 2", static connection => connection.HangAsync()),
        ["stops in the headers"] = After(Ok + "Content-Le", static connection => connection.HangAsync()),
        ["stops before the body"] = After(Ok + "Content-Length: 10\r\n\r\n", static connection => connection.HangAsync()),
        ["stops in the body"] = After(Ok + "Content-Length: 10\r\n\r\nabc", static connection => connection.HangAsync()),
        ["stops in a chunk"] = After(Ok + "Transfer-Encoding: chunked\r\n\r\n10\r\nabc", static connection => connection.HangAsync()),
        ["stops before the last chunk"] = After(Ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", static connection => connection.HangAsync()),
        ["has no length and does not close"] = After(Ok + "\r\nabc", static connection => connection.HangAsync()),
        ["sends interim responses and no other"] = After("", static connection => connection.DripAsync("HTTP/1.1 102 Processing\r\n\r\n")),
        ["sends its headers byte by byte"] = After(Ok + "X-Drip: ", static connection => connection.DripAsync("x")),
        ["sends its body byte by byte"] = After(Ok + "Content-Length: 1000000\r\n\r\n", static connection => connection.DripAsync("x")),
        ["sends its body in chunks of a byte"] = After(Ok + "Transfer-Encoding: chunked\r\n\r\n", static connection => connection.DripAsync("1\r\nx\r\n")),
        ["stalls in the handshake"] = static connection => connection.HangAsync(),
    };

    /// <summary>Fail at once, and by what.</summary>
    public static readonly Dictionary<string, (string Errors, Func<RawConnection, Task> Habit)> Failing = new()
    {
        ["resets the connection at once"] = ("protocol connect", Reset()),
        ["resets the connection in the request"] = ("protocol", static async connection =>
        {
            await connection.ReadAsync(20);
            connection.Reset();
        }
        ),
        ["resets the connection after the request"] = ("protocol", After("", Reset())),
        ["resets the connection in the status line"] = ("protocol", After("HTTP/1.1 2", Reset())),
        ["resets the connection in the headers"] = ("protocol", After(Ok + "Content-Le", Reset())),
        ["resets the connection in the body"] = ("protocol", After(Ok + "Content-Length: 10\r\n\r\nabc", Reset())),
        ["closes at once"] = ("protocol", static _ => Task.CompletedTask),
        ["closes after the request"] = ("protocol", After("")),
        ["closes in the status line"] = ("protocol", After("HTTP/1.1 2")),
        ["closes in the headers"] = ("protocol", After(Ok + "Content-Le")),
        ["closes in the body"] = ("protocol", After(Ok + "Content-Length: 10\r\n\r\nabc")),
        ["closes before the last chunk"] = ("protocol", After(Ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")),
        ["answers before it has read, and closes"] = ("status protocol", static connection => connection.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")),
        ["has a status line without an end"] = ("protocol", After("HTTP/1.1 200 ", Repeat("reason "))),
        ["has a header without an end"] = ("protocol", After(Ok + "X-Long: ", Repeat(new string('x', 1000)))),
        ["has headers without an end"] = ("protocol", After(Ok, Repeat("X-Many: x\r\n"))),
        ["has a chunk header without an end"] = ("protocol", After(Ok + "Transfer-Encoding: chunked\r\n\r\n1;a=", Repeat(new string('x', 1000)))),
        ["has trailers without an end"] = ("protocol", After(Ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", Repeat("X-Many: x\r\n"))),
        ["has 10,000 interim responses"] = ("protocol", After("", static async connection =>
        {
            for (var index = 0; index < 10_000; index++)
                await connection.WriteAsync("HTTP/1.1 102 Processing\r\n\r\n");
            await connection.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n");
        })),
        ["does not speak HTTP"] = ("protocol", After("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        ["speaks another version"] = ("protocol", After("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n")),
        ["has a status that is no number"] = ("protocol", After("HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n")),
        ["has a chunk size that is no number"] = ("protocol", After(Ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n")),
        ["has a header without a colon"] = ("protocol", After(Ok + "no colon here\r\n\r\n")),
        ["switches protocols"] = ("status", After("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")),
        ["has an unknown status"] = ("status", After("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n")),
        ["redirects without an address"] = ("status", After("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")),
        ["multiple choices"] = ("status", After("HTTP/1.1 300 Multiple\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")),
        ["see other"] = ("status", After("HTTP/1.1 303 See Other\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")),
        ["not modified"] = ("status", After("HTTP/1.1 304 Not Modified\r\n\r\n")),
        ["use proxy"] = ("status", After("HTTP/1.1 305 Use Proxy\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")),
        ["wants a password"] = ("status", After("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n")),
    };

    /// <summary>Odd, and yet they took it.</summary>
    public static readonly Dictionary<string, Func<RawConnection, Task>> Taking = new()
    {
        ["has a body without an end"] = After(Ok + "\r\n", Repeat(new string('x', 64 * 1024))),
        ["has a body of a terabyte"] = After(Ok + "Content-Length: 1000000000000\r\n\r\n", Repeat(new string('x', 64 * 1024))),
        ["has chunks without an end"] = After(Ok + "Transfer-Encoding: chunked\r\n\r\n", Repeat($"10000\r\n{new string('x', 0x10000)}\r\n")),
        ["sends a bomb"] = After(Ok + $"Content-Encoding: gzip\r\nContent-Length: {Bomb.Length}\r\n\r\n{Bomb}"),
        ["has HTTP/1.0 and no length"] = After("HTTP/1.0 200 OK\r\n\r\nabc"),
        ["has no reason"] = After("HTTP/1.1 204\r\n\r\n"),
        ["has lines that end without a return"] = After("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
        ["has interim responses before"] = After("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
        ["has a length that is none"] = After(Ok + "Content-Length: -1\r\n\r\n"),
        ["answers before it has read, and then reads"] = static async connection =>
        {
            await connection.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await connection.HangAsync();
        },
    };

    /// <summary>With TLS, and what must stand in the detail of the attempt.</summary>
    public static readonly Dictionary<string, (string Words, Func<RawConnection, Task> Habit)> Insecure = new()
    {
        ["has a certificate of its own"] = ("UntrustedRoot", Secure(0, "127.0.0.1")),
        ["has a certificate that is over"] = ("NotTimeValid", Secure(-10, "127.0.0.1")),
        ["has a certificate for another name"] = ("RemoteCertificateNameMismatch", Secure(0, "10.0.0.1")),
        ["closes in the handshake"] = ("", static async connection => await connection.ReadAsync(5)),
        ["resets in the handshake"] = ("", static async connection =>
        {
            await connection.ReadAsync(5);
            connection.Reset();
        }
        ),
        ["has no TLS"] = ("", static async connection =>
        {
            await connection.ReadAsync(5);
            await connection.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
        ),
        ["sends rubbish in the handshake"] = ("", static async connection =>
        {
            await connection.ReadAsync(5);
            await connection.WriteAsync("\x16\x03\x03\x40\x00" + new string('\xFF', 0x4000));
            await connection.HangAsync();
        }
        ),
    };

    /// <summary>Reads a request, and then says something and does something.</summary>
    public static Func<RawConnection, Task> After(string answer, Func<RawConnection, Task>? then = null) => async connection =>
    {
        await connection.ReadAsync();
        await connection.WriteAsync(answer);
        if (then is not null)
            await then(connection);
    };

    private static Func<RawConnection, Task> Repeat(string text) => connection => connection.RepeatAsync(text);

    private static Func<RawConnection, Task> Reset() => static connection =>
    {
        connection.Reset();
        return Task.CompletedTask;
    };

    private static Func<RawConnection, Task> Secure(int fromDay, string address) => async connection =>
    {
        using var certificate = MakeCertificate(fromDay, address);
        await using var secured = new SslStream(connection.Stream, leaveInnerStreamOpen: true);
        await secured.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, SslProtocols.None, checkCertificateRevocation: false);
        connection.Stream = secured;
        await After("HTTP/1.1 204 No Content\r\n\r\n")(connection);
    };

    private static X509Certificate2 MakeCertificate(int fromDay, string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=receiver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddDays(fromDay - 1);
        using var certificate = request.CreateSelfSigned(from, from.AddDays(2));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static string MakeBomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(new byte[20_000_000]);
        return Encoding.Latin1.GetString(packed.ToArray());
    }
}
