using System.Security.Claims;
using System.Text.Json;
using System.Threading.RateLimiting;
using Chat.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley;
using Parley.Brokers;

namespace Chat.Messages;

/// <summary>Takes messages from browsers and publishes them, so that subscribers can trust who wrote what and when.</summary>
internal static class MessageEndpoints
{
    private const string RatePolicy = "messages";

    public static void AddMessages(this IServiceCollection services) => services.AddRateLimiter(static options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(RatePolicy, static context => RateLimitPartition.GetTokenBucketLimiter(
            context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
            static _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 20,
                TokensPerPeriod = 2,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            }));
    });

    /// <summary>Maps <c>POST /api/rooms/ROOM/messages</c>.</summary>
    /// <remarks>Another site cannot make a browser call it: a body of JSON needs that site to be allowed by CORS, and none is.</remarks>
    public static void MapMessages(this IEndpointRouteBuilder endpoints) => endpoints
        .MapPost("/api/rooms/{id}/messages", PostAsync)
        .RequireAuthorization()
        .RequireRateLimiting(RatePolicy);

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> PostAsync(
        string id, NewMessage message, ClaimsPrincipal user, IPublisher publisher, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Room.Find(id) is not { } room)
            return TypedResults.NotFound();
        if (message.Validate() is { } problem)
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

        var name = user.Identity!.Name!;
        var posted = new PostedMessage(name, message.Text.Trim(), time.GetUtcNow());
        try
        {
            await publisher.PublishAsync(
                room.Channel,
                JsonSerializer.SerializeToUtf8Bytes(posted, JsonSerializerOptions.Web),
                // A browser that got no answer may try again: the same key is published once.
                new PublishOptions { IdempotencyKey = $"{name}/{message.Key}" },
                cancellationToken);
        }
        catch (BrokerUnavailableException)
        {
            return TypedResults.Problem("Messages cannot be taken at the moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return TypedResults.NoContent();
    }
}
