namespace Parley.Brokers;

/// <summary>The broker did not answer, or refused: whether a publication was taken is unknown.</summary>
public sealed class BrokerUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
