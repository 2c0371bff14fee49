using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client;

public sealed partial class ParleyClient
{
    private readonly OneShotTimer _refreshTimer;
    private string _token;

    /// <summary>Gets a token if one is needed.</summary>
    /// <returns>False when it could not be got now.</returns>
    private async Task<bool> PrepareTokenAsync(CancellationTokenSource run)
    {
        if (_options.GetToken is not { } getToken) return true;
        lock (Gate)
            if (_token.Length > 0) return true;
        try
        {
            var token = await getToken(run.Token).AsTask().WaitAsync(run.Token).ConfigureAwait(false);
            lock (Gate)
            {
                run.Token.ThrowIfCancellationRequested();
                _token = token ?? "";
                if (_token.Length > 0) return true;
                MoveToDisconnected(CloseReason.Unauthorized);
                return false;
            }
        }
#pragma warning disable CA1031 // Whatever the application throws: it is told, and asked again later.
        catch (Exception exception) when (!run.IsCancellationRequested)
#pragma warning restore CA1031
        {
            PostError(new ParleyException(ErrorCodes.ConnectToken, "GetToken threw.", isTemporary: true, exception));
            return false;
        }
    }

    private void ScheduleRefresh(bool expires, uint ttl)
    {
        _refreshTimer.Cancel();
        if (!expires || _options.GetToken is null) return;
        RefreshAfter(Expiry.DelayUntilRefresh(ttl));
    }

    private void RefreshAfter(TimeSpan delay)
    {
        var (run, link) = (_run!, Link!);
        _refreshTimer.Set(delay, () =>
        {
            if (Link == link) _ = Task.Run(() => RefreshAsync(run, link));
        });
    }

    private async Task RefreshAsync(CancellationTokenSource run, Connection link)
    {
        ParleyException failure;
        try
        {
            var token = await _options.GetToken!(run.Token).ConfigureAwait(false);
            lock (Gate)
            {
                if (Link != link) return;
                _token = token ?? "";
                if (_token.Length == 0)
                {
                    MoveToDisconnected(CloseReason.Unauthorized);
                    return;
                }

                var command = new Wire.Command { Refresh = new() { Token = _token } };
                link.Send(command, (reply, failure) => OnRefreshReply(link, reply, failure));
                return;
            }
        }
#pragma warning disable CA1031 // Whatever the application throws: it is told, and asked again later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = new ParleyException(ErrorCodes.RefreshToken, "GetToken threw.", isTemporary: true, exception);
        }

        lock (Gate)
            if (Link == link) RetryRefresh(failure);
    }

    private void OnRefreshReply(Connection link, Wire.Reply? reply, ParleyException? failure)
    {
        if (Link != link) return;
        if (failure is null) ScheduleRefresh(reply!.Refresh?.Expires ?? false, reply.Refresh?.Ttl ?? 0);
        else if (IsRetriable(failure)) RetryRefresh(new ParleyException(ErrorCodes.RefreshToken, failure.Message, isTemporary: true, failure));
        else MoveToDisconnected(new CloseReason(failure.Code, failure.Message, IsTerminal: true));
    }

    private void RetryRefresh(ParleyException failure)
    {
        PostError(failure);
        RefreshAfter(Expiry.RetryDelay + NewBackoff().Next());
    }
}
