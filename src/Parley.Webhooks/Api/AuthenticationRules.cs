using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Secrets;

namespace Parley.Webhooks.Api;

/// <summary>Makes of what a caller says how requests authenticate, or says what is wrong with it.</summary>
internal sealed class AuthenticationRules(AddressPolicy policy, ISecretProtector protector, bool httpsOnly)
{
    private const int MaxText = EndpointRules.MaxText;
    private const int MaxParameters = 16;

    // What the request has anyway.
    private static readonly string[] OwnParameters = ["grant_type", "client_id", "client_secret", "scope", "audience"];

    public EndpointAuthentication? Read(AuthenticationBody? body, List<FieldError> errors)
    {
        if (body is null)
            return null;
        if (!ApiNames.TryRead<AuthenticationKind>(body.Kind, out var kind))
        {
            errors.Add(new("/authentication/kind", $"must be one of {ApiNames.All<AuthenticationKind>()}"));
            return null;
        }

        var (field, secret) = kind switch
        {
            AuthenticationKind.Basic => ("password", body.Password),
            AuthenticationKind.Bearer => ("token", body.Token),
            AuthenticationKind.Oauth2 => ("clientSecret", body.ClientSecret),
            _ => ("key", body.Key),
        };
        if (string.IsNullOrEmpty(secret) || (kind is AuthenticationKind.Basic ? secret.Length > MaxText : !EndpointRules.IsHeaderValue(secret)))
            errors.Add(new($"/authentication/{field}", $"must be printable ASCII, 1 to {MaxText} characters"));
        if (kind is AuthenticationKind.Basic && (body.User is not { Length: > 0 and <= 256 } || body.User.Contains(':', StringComparison.Ordinal)))
            errors.Add(new("/authentication/user", "must have 1 to 256 characters and no colon"));
        var inQuery = kind is AuthenticationKind.ApiKey && body.In == "query";
        if (kind is AuthenticationKind.ApiKey)
        {
            if (body.In is not (null or "header" or "query"))
                errors.Add(new("/authentication/in", "must be header or query"));
            if (body.Name is null || !EndpointRules.HeaderName().IsMatch(body.Name) || (!inQuery && ReservedHeaders.Contain(body.Name)))
                errors.Add(new("/authentication/name", "is not a name of a header or parameter that can be set"));
        }

        return new EndpointAuthentication
        {
            Kind = kind,
            User = kind is AuthenticationKind.Basic ? body.User : null,
            Name = kind is AuthenticationKind.ApiKey ? body.Name : null,
            InQuery = inQuery,
            ProtectedSecret = protector.Protect(secret ?? ""),
            Client = kind is AuthenticationKind.Oauth2 ? Client(body, errors) : null,
        };
    }

    private Oauth2Client Client(AuthenticationBody body, List<FieldError> errors)
    {
        if (!TargetUrl.TryRead(body.TokenUrl, policy, httpsOnly, out var url, out var problem))
            errors.Add(new("/authentication/tokenUrl", problem));
        // RFC 6749, appendix A.1 and A.4.
        if (body.ClientId is not { Length: > 0 } || !EndpointRules.IsHeaderValue(body.ClientId))
            errors.Add(new("/authentication/clientId", $"must be printable ASCII, 1 to {MaxText} characters"));
        foreach (var (pointer, text) in new[] { ("/authentication/scope", body.Scope), ("/authentication/audience", body.Audience) })
        {
            if (text is not null && (text.Length == 0 || !EndpointRules.IsHeaderValue(text)))
                errors.Add(new(pointer, $"must be printable ASCII, 1 to {MaxText} characters"));
        }

        if (body.ClientAuthentication is not (null or "basic" or "body"))
            errors.Add(new("/authentication/clientAuthentication", "must be basic or body"));
        return new Oauth2Client
        {
            TokenUrl = url?.AbsoluteUri ?? "",
            ClientId = body.ClientId ?? "",
            Scope = body.Scope,
            Audience = body.Audience,
            ProtectedParameters = Parameters(body.Parameters, errors),
            InBody = body.ClientAuthentication == "body",
            UsesEndpointTls = body.UseEndpointTls ?? false,
        };
    }

    private Dictionary<string, string> Parameters(Dictionary<string, string>? parameters, List<FieldError> errors)
    {
        var result = new Dictionary<string, string>();
        if (parameters?.Count > MaxParameters)
            errors.Add(new("/authentication/parameters", $"must be at most {MaxParameters}"));
        foreach (var (name, value) in parameters ?? [])
        {
            if (!EndpointRules.HeaderName().IsMatch(name) || OwnParameters.Contains(name, StringComparer.OrdinalIgnoreCase))
                errors.Add(new($"/authentication/parameters/{name}", "is not a name of a parameter that can be set here"));
            else if (!EndpointRules.IsHeaderValue(value))
                errors.Add(new($"/authentication/parameters/{name}", $"must be printable ASCII, {MaxText} characters at most"));
            else
                result[name] = protector.Protect(value);
        }

        return result;
    }
}
