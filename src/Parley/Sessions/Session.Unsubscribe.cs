namespace Parley.Sessions;

/// <summary>How subscriptions end.</summary>
internal sealed partial class Session
{
    /// <summary>Ends a subscription at the client's wish; one that is not there is no error.</summary>
    /// <remarks>Presence and leave are done when it returns.</remarks>
    public async ValueTask UnsubscribeAsync(string channel)
    {
        Subscription? subscription;
        Task settled;
        lock (this)
        {
            subscription = _subscriptions.Find(channel);
            if (subscription is null)
                return;
            settled = subscription.Phase == SubscriptionPhase.Active ? Task.CompletedTask : SettledTask(subscription);
        }

        try
        {
            await settled.WaitAsync(SettleTimeout, _node.Time);
        }
        catch (TimeoutException)
        {
            // A subscribe that hangs in a store ends without an answer of success.
        }

        await EndAsync(subscription);
    }

    /// <summary>Ends a subscription from the server's side and tells the client.</summary>
    /// <returns>False when the session is not subscribed.</returns>
    public bool Unsubscribe(string channel, UnsubscribeReason reason)
    {
        Subscription? subscription;
        lock (this)
            subscription = _subscriptions.Find(channel);
        return subscription is not null && Unsubscribe(subscription, reason);
    }

    /// <summary>Ends all subscriptions from the server's side.</summary>
    public void UnsubscribeAll(UnsubscribeReason reason)
    {
        Subscription[] subscriptions;
        lock (this)
            subscriptions = _subscriptions.ToArray();
        foreach (var subscription in subscriptions)
            Unsubscribe(subscription, reason);
    }

    /// <summary>The channel found that this subscription missed something.</summary>
    /// <remarks>Called under the lock of the channel.</remarks>
    public void OnInsufficientState(Subscription subscription)
    {
        if (subscription.IsServerSide)
            Disconnect(DisconnectReason.InsufficientState);
        else
            Unsubscribe(subscription, UnsubscribeReason.InsufficientState);
    }

    private bool Unsubscribe(Subscription subscription, UnsubscribeReason reason)
    {
        lock (this)
        {
            if (subscription.Phase == SubscriptionPhase.Ending || _state == SessionState.Ended)
                return false;
            if (subscription.Phase == SubscriptionPhase.Starting)
            {
                subscription.EndsWith ??= reason;
                return true;
            }

            subscription.Phase = SubscriptionPhase.Ending;
        }

        // A client may subscribe anew as soon as it reads this; its command then waits until the old subscription is gone.
        subscription.HubChannel!.End(subscription, Format.Unsubscribe(subscription.Channel, reason));
        ThreadPool.UnsafeQueueUserWorkItem(
            static pair => pair.Session.FinishEnding(pair.Subscription), (Session: this, Subscription: subscription), preferLocal: false);
        return true;
    }

    private async void FinishEnding(Subscription subscription) => await EndAsync(subscription);

    /// <summary>Takes a subscription out of channel, presence and session; does nothing when it is out.</summary>
    private async ValueTask EndAsync(Subscription subscription)
    {
        bool wasActive;
        Task joined;
        lock (this)
        {
            if (subscription.IsOut)
                return;
            subscription.IsOut = true;
            wasActive = subscription.WasLive;
            joined = subscription.IsJoining ? SettledTask(subscription) : Task.CompletedTask;
            subscription.Phase = SubscriptionPhase.Ending;
        }

        // The join of a quick client goes out before its leave. One store that fails must not keep the others from being told.
        await joined;
        if (subscription.HubChannel is { } channel)
            await TryAsync(subscription, _node.Hub.LeaveAsync(channel, subscription));
        if (subscription.HasPresence)
            await TryAsync(subscription, _node.Presence.RemoveAsync(subscription.Channel, Id));
        if (subscription.TellsJoinLeave && wasActive)
            await TryAsync(subscription, _node.Broker.PublishLeaveAsync(subscription.Channel, subscription.Info));
        lock (this)
            _subscriptions.Remove(subscription);

        Settle(subscription);
    }

    private async ValueTask TryAsync(Subscription subscription, ValueTask step)
    {
        try
        {
            await step;
        }
        catch (Exception exception)
        {
            LogLeaveFailed(_node.Logger, Id, subscription.Channel, exception);
        }
    }

    // Under the lock.
    private static Task SettledTask(Subscription subscription) =>
        (subscription.Settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes the commands that wait for a subscription to have started or ended.</summary>
    private void Settle(Subscription subscription)
    {
        TaskCompletionSource? waiting;
        lock (this)
        {
            waiting = subscription.Settled;
            subscription.Settled = null;
        }

        waiting?.SetResult();
    }
}
