namespace Parley.Sessions;

/// <summary>How a command ended: with a value, with an error that the client is told, or with the end of the connection.</summary>
internal readonly struct Outcome<T>
{
    private Outcome(T? value, ClientError? error, DisconnectReason? disconnect)
    {
        Value = value;
        Error = error;
        Disconnect = disconnect;
    }

    /// <summary>Set when both others are null.</summary>
    public T? Value { get; }

    public ClientError? Error { get; }

    public DisconnectReason? Disconnect { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null, null);

    public static implicit operator Outcome<T>(ClientError error) => new(default, error, null);

    public static implicit operator Outcome<T>(DisconnectReason disconnect) => new(default, null, disconnect);

    /// <summary>Says a value whose type is an interface, which cannot be converted implicitly.</summary>
    public static Outcome<T> Of(T value) => new(value, null, null);

    /// <summary>The same failure as the outcome of something else.</summary>
    public Outcome<TOther> Failure<TOther>() => new(default, Error, Disconnect);

    public bool Succeeded => Error is null && Disconnect is null;
}

/// <summary>The value of a command that answers nothing.</summary>
internal readonly struct Nothing;
