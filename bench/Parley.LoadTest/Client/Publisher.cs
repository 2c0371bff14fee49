namespace Parley.LoadTest.Client;

/// <summary>A connection that publishes.</summary>
internal abstract class Publisher
{
    public abstract bool IsReady { get; }

    /// <summary>Publications that the server has not answered yet.</summary>
    public int Unanswered { get; protected set; }

    public abstract CommandTemplate Prepare(string channel, int payloadBytes);

    public abstract void Publish(CommandTemplate publication, uint sequence);
}
