using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Parley.Webhooks.PostgreSql.KeyRing;

/// <summary>Encrypts keys before they are stored: the database, and a backup of it, must not hold both the secrets and what opens them.</summary>
internal sealed class KeyRingEncryptor(KeyRingCipher cipher) : IXmlEncryptor
{
    // Of what it makes only the name is stored, so trimming would take its constructor away.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(KeyRingDecryptor))]
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        ArgumentNullException.ThrowIfNull(plaintextElement);
        var encrypted = cipher.Encrypt(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement("encryptedKey", new XElement("value", Convert.ToBase64String(encrypted))), typeof(KeyRingDecryptor));
    }
}

/// <summary>Made by Data Protection, from the name that stands beside a stored key.</summary>
internal sealed class KeyRingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        ArgumentNullException.ThrowIfNull(encryptedElement);
        var encrypted = Convert.FromBase64String((string)encryptedElement.Element("value")!);
        return XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<KeyRingCipher>().Decrypt(encrypted)));
    }
}
