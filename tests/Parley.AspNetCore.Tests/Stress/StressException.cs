namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Something was lost, doubled, out of order or left behind.</summary>
internal sealed class StressException(string message, Exception? inner = null) : Exception(message, inner);
