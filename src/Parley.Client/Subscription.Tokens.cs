using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client;

public sealed partial class Subscription
{
    private readonly OneShotTimer _refreshTimer;
    private string _token;
    private CancellationTokenSource? _fetch;

    /// <summary>Gets a token, and subscribes with it. Holding the gate.</summary>
    private void BeginTokenFetch()
    {
        if (_fetch is not null) return;
        var fetch = _fetch = new CancellationTokenSource();
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => FetchAsync(fetch));
    }

    private void EndTokenFetch()
    {
        _ = _fetch?.CancelAsync(); // elsewhere: the application may have registered for it
        _fetch = null;
    }

    private async Task FetchAsync(CancellationTokenSource fetch)
    {
        var (token, failure) = await GetTokenAsync(ErrorCodes.SubscribeToken, fetch.Token).ConfigureAwait(false);
        lock (_client.Gate)
        {
            if (_fetch != fetch) return;
            _fetch = null;
            if (failure is not null)
            {
                Retry(failure);
            }
            else if (string.IsNullOrEmpty(token))
            {
                End(UnsubscribedCodes.Unauthorized, "unauthorized");
            }
            else
            {
                _token = token;
                if (_client.Link is { } link) Send(link);
            }
        }
    }

    private async Task<(string? Token, ParleyException? Failure)> GetTokenAsync(uint code, CancellationToken cancellationToken)
    {
        try
        {
            var token = _options.GetToken!(Channel, cancellationToken).AsTask();
            return (await token.WaitAsync(cancellationToken).ConfigureAwait(false), null);
        }
#pragma warning disable CA1031 // Whatever the application throws: it is told, and asked again later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, new ParleyException(code, "GetToken threw.", isTemporary: true, exception));
        }
    }

    private void ScheduleRefresh(bool expires, uint ttl)
    {
        _refreshTimer.Cancel();
        if (expires && _options.GetToken is not null) RefreshAfter(Expiry.DelayUntilRefresh(ttl));
    }

    private void RefreshAfter(TimeSpan delay)
    {
        var episode = _episode;
        _refreshTimer.Set(delay, () =>
        {
            if (IsLive && _client.Link is { } link) _ = Task.Run(() => RefreshAsync(link, episode));
        });
    }

    private async Task RefreshAsync(Connection link, int episode)
    {
        var (token, failure) = await GetTokenAsync(ErrorCodes.SubscriptionRefreshToken, CancellationToken.None).ConfigureAwait(false);
        lock (_client.Gate)
        {
            if (!IsSame(link, episode)) return;
            if (failure is not null)
            {
                RetryRefresh(failure);
                return;
            }

            _token = token ?? "";
            if (_token.Length == 0)
            {
                Leave(UnsubscribedCodes.Unauthorized, "unauthorized");
                return;
            }

            link.Send(new Wire.Command { SubRefresh = new() { Channel = Channel, Token = _token } }, (reply, failure) =>
            {
                if (IsSame(link, episode)) OnRefreshReply(reply, failure);
            });
        }
    }

    private void OnRefreshReply(Wire.Reply? reply, ParleyException? failure)
    {
        if (failure is null) ScheduleRefresh(reply!.SubRefresh?.Expires ?? false, reply.SubRefresh?.Ttl ?? 0);
        else if (ParleyClient.IsRetriable(failure))
            RetryRefresh(new ParleyException(ErrorCodes.SubscriptionRefreshToken, failure.Message, isTemporary: true, failure));
        else Leave(failure.Code, reply?.Error?.Message ?? failure.Message);
    }

    private void RetryRefresh(ParleyException failure)
    {
        PostError(failure);
        RefreshAfter(Expiry.RetryDelay + _client.NewBackoff().Next());
    }

    private bool IsSame(Connection link, int episode) => IsLive && _client.Link == link && _episode == episode;
}
