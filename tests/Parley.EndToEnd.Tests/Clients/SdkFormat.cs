namespace Parley.EndToEnd.Tests.Clients;

/// <summary>The encodings that the official SDK speaks.</summary>
public enum SdkFormat
{
    Json,
    Protobuf,
}
