namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The example <c>examples/transports</c>.</summary>
public sealed class TransportsApplication() : ExampleApplication("transports", "Transports");
