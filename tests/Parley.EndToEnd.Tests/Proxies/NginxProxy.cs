using Parley.EndToEnd.Tests.Clients;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>nginx on <c>deploy/nginx/parley.conf</c>.</summary>
public class NginxProxy(SdkHost sdk) : ReverseProxy(sdk)
{
    private protected override ChildProcess Start(ProxySetup setup)
    {
        var configuration = setup.Copy("nginx/parley.conf", Replacements(setup));
        // The frame that Debian has in /etc/nginx/nginx.conf, for one process in a folder of its own.
        var main = setup.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{setup.Folder}}/nginx.pid;
            events { worker_connections 768; }
            http {
                client_body_temp_path {{setup.Folder}}/body;
                proxy_temp_path {{setup.Folder}}/proxy;
                fastcgi_temp_path {{setup.Folder}}/fastcgi;
                uwsgi_temp_path {{setup.Folder}}/uwsgi;
                scgi_temp_path {{setup.Folder}}/scgi;
                gzip on;
                include {{configuration}};
            }
            """);
        return ChildProcess.Start("nginx", ["-p", setup.Folder, "-c", main, "-e", "stderr"], setup.Folder);
    }

    private protected virtual IEnumerable<(string There, string Here)> Replacements(ProxySetup setup) =>
    [
        ("server 127.0.0.1:8000;", $"server {setup.Server};"),
        ("listen 80;", $"listen {setup.Plain};"),
        ("listen 443 ssl http2;", $"listen {setup.Secure} ssl http2;"),
        ("/etc/ssl/parley/fullchain.pem", setup.Certificate.CertificatePath),
        ("/etc/ssl/parley/privkey.pem", setup.Certificate.KeyPath),
        ("/var/log/nginx/parley.log", Path.Combine(setup.Folder, "access.log")),
        ("proxy_read_timeout 60s;", $"proxy_read_timeout {IdleTimeout.TotalSeconds}s;"),
        ("proxy_send_timeout 60s;", $"proxy_send_timeout {IdleTimeout.TotalSeconds}s;"),
    ];
}

/// <summary>nginx that lets neither WebSockets nor streams through: nothing but requests with an answer.</summary>
public sealed class NginxWithoutStreams(SdkHost sdk) : NginxProxy(sdk)
{
    private protected override IEnumerable<(string There, string Here)> Replacements(ProxySetup setup) => base.Replacements(setup).Select(
        static replacement => replacement.There == "listen 443 ssl http2;"
            ? (replacement.There, replacement.Here + " location ~ ^/connection/(websocket|http_stream|sse)$ { return 502; }")
            : replacement);
}

/// <summary>nginx with what is forgotten most often: it does not pass on that a request is to become a WebSocket.</summary>
public sealed class NginxWithoutUpgrade(SdkHost sdk) : NginxProxy(sdk)
{
    private protected override IEnumerable<(string There, string Here)> Replacements(ProxySetup setup) =>
        [.. base.Replacements(setup), ("proxy_set_header Upgrade           $parley_upgrade;", "")];
}
