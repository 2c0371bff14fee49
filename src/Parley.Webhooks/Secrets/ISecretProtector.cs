using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Webhooks.Secrets;

/// <summary>Encrypts what must not be readable in the store or in a backup of it.</summary>
internal interface ISecretProtector
{
    string Protect(string secret);

    /// <exception cref="CryptographicException">The keys that it was encrypted with are not here.</exception>
    string Unprotect(string text);
}

/// <summary>Encrypts by ASP.NET Core Data Protection.</summary>
internal sealed class SecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    private readonly IDataProtector _protector = provider.CreateProtector("Parley.Webhooks.Secrets.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    public string Unprotect(string text) => _protector.Unprotect(text);
}
