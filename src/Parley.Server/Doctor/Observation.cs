using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Parley.Server.Doctor;

/// <summary>Takes the times of one transport's examination, and makes the finding of them.</summary>
internal sealed class Observation(string transport)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _opened;
    private TimeSpan _answered;
    private string _refusal = "";

    /// <summary>Pings seen while the connection was kept.</summary>
    public int Pings { get; set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public void Opened() => _opened = Elapsed;

    public void Answered() => _answered = Elapsed;

    /// <summary>Takes the first reply.</summary>
    public void Answered(string reply)
    {
        Answered();
        using var json = JsonDocument.Parse(reply);
        if (json.RootElement.TryGetProperty("error", out var error))
            _refusal = Describe(error, "message");
        else if (json.RootElement.TryGetProperty("push", out var push) && push.TryGetProperty("disconnect", out var disconnect))
            _refusal = Describe(disconnect, "reason");
    }

    /// <summary>Takes the code and reason that the connection was closed with before it was answered.</summary>
    public void Refused(int? code, string? reason)
    {
        Answered();
        _refusal = $"{code} {reason}";
    }

    public bool WasRefused => _refusal.Length > 0;

    public Finding Works(TimeSpan held)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"opened in {_opened.TotalMilliseconds:0} ms, answered in {_answered.TotalMilliseconds:0} ms");
        if (WasRefused)
            return new Finding(transport, true, $"{text}; the server refused this client ({_refusal}), so it was not kept", "Give --token to look further.");
        if (held > TimeSpan.Zero)
            text += string.Create(CultureInfo.InvariantCulture, $", kept for {held.TotalSeconds:0} s");
        if (Pings > 0)
            text += string.Create(CultureInfo.InvariantCulture, $" with {Pings} pings");
        return new Finding(transport, true, text, null);
    }

    public Finding Fails(string observed, string advice) => new(transport, false, observed, advice);

    private static string Describe(JsonElement element, string text) =>
        $"{element.GetProperty("code").GetInt32()} {element.GetProperty(text).GetString()}";
}
