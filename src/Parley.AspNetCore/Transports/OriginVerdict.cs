namespace Parley.AspNetCore.Transports;

/// <summary>What <see cref="OriginPolicy"/> says of a request.</summary>
internal enum OriginVerdict
{
    /// <summary>Another site's page, which may not come in.</summary>
    Refused,

    /// <summary>A page of an unknown site, let in because every origin is: what its browser adds by itself (cookies) counts for nothing.</summary>
    Anybody,

    /// <summary>A page of a site that the configuration names.</summary>
    Named,

    /// <summary>A page of this host, or no page at all.</summary>
    SameHost,
}
