using System.Text;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>The end of what a worker wrote to its standard error, which is read all the time so that writing never blocks it.</summary>
internal sealed class ErrorTail
{
    private const int MaxBytes = 2048;

    private readonly byte[] _tail = new byte[MaxBytes];
    private int _length;

    /// <summary>Reads to the end of the stream.</summary>
    public async Task ReadAsync(Stream errors)
    {
        var buffer = new byte[MaxBytes];
        try
        {
            for (int read; (read = await errors.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
                Append(buffer.AsSpan(0, read));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It was closed under us: the tail is what there is.
        }
    }

    /// <summary>What was read, as one line for the log.</summary>
    public override string ToString()
    {
        lock (_tail)
            return OneLine.Of(Encoding.UTF8.GetString(_tail, 0, _length), MaxBytes);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_tail)
        {
            var kept = Math.Min(_length, MaxBytes - bytes.Length);
            _tail.AsSpan(_length - kept, kept).CopyTo(_tail);
            bytes.CopyTo(_tail.AsSpan(kept));
            _length = kept + bytes.Length;
        }
    }
}
