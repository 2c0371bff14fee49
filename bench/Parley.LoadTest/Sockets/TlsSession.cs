using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Parley.LoadTest.Sockets;

/// <summary>
/// TLS between a connection and its socket. All of it happens inside the calls of the event loop, on its one thread: the tasks here
/// wait for nothing but <see cref="CipherStream"/>.
/// </summary>
internal sealed class TlsSession : IDisposable
{
    // One version and one cipher, that which browsers ask for first: all servers do the same work, or refuse.
    private static readonly SslClientAuthenticationOptions Options = new()
    {
        TargetHost = "127.0.0.1",
        EnabledSslProtocols = SslProtocols.Tls13,
        CipherSuitesPolicy = OperatingSystem.IsLinux() ? new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]) : null,
        AllowTlsResume = false, // clients do not know each other
        CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    private readonly SocketHandler _handler;
    private readonly CipherStream _stream = new();
    private readonly SslStream _tls;
    private ArrayBufferWriter<byte>? _early = new();
    private Task _running = Task.CompletedTask;

    public TlsSession(SocketHandler handler)
    {
        _handler = handler;
        _tls = new SslStream(_stream, leaveInnerStreamOpen: true);
    }

    /// <summary>The socket is connected.</summary>
    public void Start()
    {
        _running = RunAsync();
        Finish();
    }

    /// <summary>Takes what the socket received.</summary>
    public unsafe void Decrypt(byte* bytes, int length)
    {
        _stream.Arrive(bytes, length);
        Finish();
    }

    /// <summary>Sends; what comes before the session begins is kept until then.</summary>
    public void Encrypt(ReadOnlySpan<byte> bytes)
    {
        if (_early is not null)
        {
            _early.Write(bytes);
            return;
        }

        _tls.Write(bytes);
        SendWritten();
    }

    public void Dispose() => _stream.End();

    private async Task RunAsync()
    {
        try
        {
            await _tls.AuthenticateAsClientAsync(Options).ConfigureAwait(false);
            Begin();
            while (!_handler.IsClosed)
            {
                var count = await _tls.ReadAsync(_handler.PlainText).ConfigureAwait(false);
                if (!_handler.IsClosed)
                    _handler.OnDecrypted(count);
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            if (!_handler.IsClosed)
                throw new LoadTestException($"TLS: {exception.Message} {exception.InnerException?.Message}");
        }
        finally
        {
            await _tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Begin()
    {
        var early = _early!.WrittenMemory;
        _early = null;
        if (!early.IsEmpty)
            Encrypt(early.Span);

        _handler.OnEncrypted();
    }

    // Sends what the session has written by itself, and passes on what went wrong in it.
    private void Finish()
    {
        SendWritten();
        if (_running.IsFaulted)
            _running.GetAwaiter().GetResult();
    }

    private void SendWritten()
    {
        if (!_handler.IsClosed && !_stream.Written.IsEmpty)
            _handler.SendToKernel(_stream.Written);

        _stream.ClearWritten();
    }
}
