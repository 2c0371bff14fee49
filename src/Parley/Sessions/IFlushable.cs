namespace Parley.Sessions;

/// <summary>Something that has put off a flush for a <see cref="FlushBatch"/>.</summary>
internal interface IFlushable
{
    /// <summary>Sends what was put off. Does not throw and does not wait.</summary>
    void FlushPutOff();
}
