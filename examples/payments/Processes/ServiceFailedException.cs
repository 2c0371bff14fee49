namespace Payments.Processes;

/// <summary>A program could not be started at all.</summary>
internal sealed class ServiceFailedException(string message) : Exception(message);
