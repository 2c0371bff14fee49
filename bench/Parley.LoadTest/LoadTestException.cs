namespace Parley.LoadTest;

/// <summary>A run that failed: a message was lost or came twice, the server answered with an error, or it did not keep up.</summary>
internal sealed class LoadTestException(string message) : Exception(message);
