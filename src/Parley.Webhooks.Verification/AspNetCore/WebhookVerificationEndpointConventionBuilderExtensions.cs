using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Webhooks.Verification.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Has endpoints verify what they receive.</summary>
public static class WebhookVerificationEndpointConventionBuilderExtensions
{
    /// <summary>Lets only requests through that are signed after Standard Webhooks, each webhook once.</summary>
    /// <param name="builder">Endpoints, such as what <c>MapPost</c> returns.</param>
    /// <param name="configure">Sets the keys and limits.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it.</exception>
    /// <remarks>
    /// The body is read and verified before parameters are bound, and the endpoint reads the same bytes again. What is not let through
    /// is answered with problem details (RFC 9457): 401 for a signature that does not fit, 400 for headers that cannot be right,
    /// 413 for a body over the limit, 409 while the same webhook is being processed; a duplicate of a processed one is answered 200.
    /// </remarks>
    public static TBuilder RequireWebhookSignature<TBuilder>(this TBuilder builder, Action<WebhookVerificationOptions> configure)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new WebhookVerificationOptions();
        configure(options);
        var keys = WebhookRequestVerifier.Check(options);
        builder.Finally(endpoint =>
        {
            var next = endpoint.RequestDelegate;
            if (next is null)
                return;
            var time = endpoint.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System;
            var logger = (ILogger?)endpoint.ApplicationServices.GetService<ILogger<WebhookRequestVerifier>>() ?? NullLogger.Instance;
            endpoint.RequestDelegate = new WebhookRequestVerifier(options, keys, next, time, logger).HandleAsync;
        });
        return builder;
    }

    /// <summary>Lets only requests through that are signed with a key, each webhook once.</summary>
    /// <param name="builder">Endpoints, such as what <c>MapPost</c> returns.</param>
    /// <param name="keys">Keys of the sender, <c>whsec_…</c> or <c>whpk_…</c>.</param>
    /// <exception cref="ArgumentException">A key cannot be used.</exception>
    public static TBuilder RequireWebhookSignature<TBuilder>(this TBuilder builder, params string[] keys)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(keys);
        return builder.RequireWebhookSignature(options => options.Keys = [.. keys]);
    }
}
