namespace Parley.Webhooks.Api;

/// <summary>Who calls: an operator, or somebody who may see one application.</summary>
/// <param name="Application">The only application that the caller may see; null: all.</param>
internal readonly record struct Caller(Guid? Application)
{
    public static Caller Operator { get; } = new(null);

    public bool IsOperator => Application is null;
}
