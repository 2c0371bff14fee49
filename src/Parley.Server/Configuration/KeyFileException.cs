namespace Parley.Server.Configuration;

/// <summary>The file of generated keys cannot be read or made.</summary>
internal sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);
