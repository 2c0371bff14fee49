namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The example <c>examples/quickstart</c>, which the guide for the library shows.</summary>
public sealed class QuickstartApplication() : ExampleApplication("quickstart", "Quickstart");
