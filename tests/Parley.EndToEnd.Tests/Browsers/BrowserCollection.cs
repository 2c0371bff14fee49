using Parley.Testing.Browsers;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>Tests in a browser share it, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "Browser";
}
