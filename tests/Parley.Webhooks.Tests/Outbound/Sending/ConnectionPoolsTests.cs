using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound.Sending;

public sealed class ConnectionPoolsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestAuthority _authority = new();
    private readonly ConnectionPools _pools;

    public ConnectionPoolsTests() => _pools = new ConnectionPools(
        new HandlerFactory(
            new GuardedConnector(new AddressPolicy([], []), new FixedResolver(), _time), new SecretProtector(new EphemeralDataProtectionProvider()), httpsOnly: false),
        _time);

    public void Dispose()
    {
        _pools.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void An_endpoint_has_one_pool_until_it_is_changed()
    {
        var settings = Settings();
        var (first, second) = (_pools.Rent(settings), _pools.Rent(settings));
        var changed = _pools.Rent(settings with { Revision = 2 });
        var late = _pools.Rent(settings);

        Assert.Same(first, second);
        Assert.Equal(3, new HashSet<object> { first, changed, late }.Count);
        Assert.Same(changed, _pools.Rent(settings with { Revision = 2 }));
        Assert.Equal(1, _pools.Kept);
    }

    [Fact]
    public void All_without_settings_of_their_own_share_one()
    {
        Assert.Same(_pools.Rent(null), _pools.Rent(null));
        Assert.Equal(0, _pools.Kept);
    }

    [Fact]
    public async Task A_pool_in_use_lives_on_until_it_is_given_back()
    {
        var settings = Settings();
        var old = _pools.Rent(settings);
        _pools.Rent(settings with { Revision = 2 });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1/");

        await Assert.ThrowsAsync<BlockedAddressException>(() => SendAsync(old, request));
        old.Return();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SendAsync(old, request));
    }

    [Fact]
    public void What_is_not_used_is_not_kept_and_what_is_in_use_is()
    {
        var busy = _pools.Rent(Settings());
        _pools.Rent(Settings()).Return();

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(1, _pools.Kept);
        busy.Return();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, _pools.Kept);
    }

    [Fact]
    public void So_many_are_kept_and_no_more()
    {
        for (var index = 0; index < ConnectionPools.MaxKept + 10; index++)
            _pools.Rent(Settings()).Return();

        Assert.Equal(ConnectionPools.MaxKept, _pools.Kept);
    }

    [Fact]
    public void When_all_are_in_use_a_further_one_lasts_as_long_as_its_request()
    {
        for (var index = 0; index < ConnectionPools.MaxKept; index++)
            _pools.Rent(Settings());
        var settings = Settings();
        var extra = _pools.Rent(settings);

        Assert.Equal(ConnectionPools.MaxKept, _pools.Kept);
        Assert.NotSame(extra, _pools.Rent(settings));
    }

    private static async Task SendAsync(ConnectionPools.Pool pool, HttpRequestMessage request)
    {
        try
        {
            await pool.SendAsync(request, CancellationToken.None);
        }
        catch (HttpRequestException exception) when (exception.InnerException is { } cause)
        {
            throw cause;
        }
    }

    private TlsSettings Settings() => new()
    {
        Endpoint = Guid.NewGuid(),
        Revision = 1,
        Authorities = new CertificateAuthorities { Certificates = _authority.Root, Summaries = [] },
    };
}
