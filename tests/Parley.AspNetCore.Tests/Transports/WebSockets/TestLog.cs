using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Keeps what is logged, so that a test can look for what must and must not be in it.</summary>
internal sealed class TestLog(string category = "", ConcurrentQueue<TestLogEntry>? entries = null) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<TestLogEntry> _entries = entries ?? new();

    /// <summary>Everything logged, by the host too.</summary>
    public IReadOnlyCollection<TestLogEntry> Entries => _entries;

    /// <summary>What Parley logged.</summary>
    public IEnumerable<TestLogEntry> Ours => _entries.Where(static entry => entry.Category.StartsWith("Parley.", StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => new TestLog(categoryName, _entries);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue(new TestLogEntry(category, logLevel, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}

internal sealed record TestLogEntry(string Category, LogLevel Level, string Text);
