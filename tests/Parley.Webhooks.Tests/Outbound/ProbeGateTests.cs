using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Outbound.Probes;

namespace Parley.Webhooks.Tests.Outbound;

public sealed class ProbeGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _application = Guid.CreateVersion7();

    [Fact]
    public void An_application_has_sixty_a_minute_and_others_have_their_own()
    {
        var gate = new ProbeGate(_time);
        for (var count = 0; count < ProbeGate.PerMinute; count++)
            gate.Enter(_application, Guid.CreateVersion7()).Dispose();

        var problem = Assert.Throws<WebhookException>(() => gate.Enter(_application, Guid.CreateVersion7())).Problem;
        Assert.Equal((429, TimeSpan.FromSeconds(1)), (problem.Status, problem.RetryAfter));
        gate.Enter(Guid.CreateVersion7(), Guid.CreateVersion7()).Dispose();

        _time.Advance(TimeSpan.FromSeconds(1));
        gate.Enter(_application, Guid.CreateVersion7()).Dispose();
        Assert.Throws<WebhookException>(() => gate.Enter(_application, Guid.CreateVersion7()));
    }

    [Fact]
    public void All_applications_together_have_a_limit_too()
    {
        var gate = new ProbeGate(_time);
        var places = Enumerable.Range(0, 64).Select(_ => gate.Enter(Guid.CreateVersion7(), Guid.CreateVersion7())).ToList();

        Assert.Throws<WebhookException>(() => gate.Enter(_application, Guid.CreateVersion7()));

        places[0].Dispose();
        places[0].Dispose();
        gate.Enter(_application, Guid.CreateVersion7());
        Assert.Throws<WebhookException>(() => gate.Enter(Guid.CreateVersion7(), Guid.CreateVersion7()));
    }
}
