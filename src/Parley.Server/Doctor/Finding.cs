namespace Parley.Server.Doctor;

/// <summary>What was found of one transport.</summary>
/// <param name="Transport">Its name.</param>
/// <param name="Works">Whether a client can use it.</param>
/// <param name="Observed">What happened, with times.</param>
/// <param name="Advice">What to change; null when there is nothing.</param>
internal sealed record Finding(string Transport, bool Works, string Observed, string? Advice);
