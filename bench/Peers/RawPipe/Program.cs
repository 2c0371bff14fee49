using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using RawPipe;

// --port 8000                                              without TLS
// --port 8000 --certificate cert.pem --key key.pem         with TLS
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<Channels>();
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // nobody says goodbye to clients
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel((context, kestrel) =>
{
    var settings = context.Configuration;
    kestrel.Listen(IPAddress.Loopback, settings.GetValue("port", 8000), listen =>
    {
        if (settings["certificate"] is { } certificate)
            listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, settings["key"]));

        listen.UseConnectionHandler<ClientHandler>();
    });
});

var app = builder.Build();
app.Run();
