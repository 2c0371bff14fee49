namespace Parley.Testing.Faults;

/// <summary>Draws faults for requests, the same ones for the same seed and order of requests.</summary>
/// <param name="seed">Of the draw; say it when a test fails.</param>
/// <param name="rate">Share of requests that something happens to, 0 to 1.</param>
public sealed class HttpFaultPlan(int seed, double rate)
{
    private static readonly HttpFault[] Faults = Enum.GetValues<HttpFault>()[1..];

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<HttpFault, int> _drawn = Faults.ToDictionary(static fault => fault, static _ => 0);

    /// <summary>How often each fault was drawn.</summary>
    public IReadOnlyDictionary<HttpFault, int> Drawn
    {
        get
        {
            lock (_gate)
                return new Dictionary<HttpFault, int>(_drawn);
        }
    }

    /// <summary>What happens to the next request.</summary>
    public HttpFault Next()
    {
        lock (_gate)
        {
            if (_random.NextDouble() >= rate) return HttpFault.None;
            var fault = Faults[_random.Next(Faults.Length)];
            _drawn[fault]++;
            return fault;
        }
    }
}
