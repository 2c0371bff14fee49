namespace Parley.Brokers.Memory;

/// <summary>A queue in a circular array that grows and shrinks as needed. A struct with state: keep it in a field, never copy it.</summary>
internal struct RingBuffer<T>
{
    private const int Smallest = 4;
    private const int ShrinksAbove = 64;

    private T[]? _items;
    private int _first;

    /// <summary>How many items it holds.</summary>
    public int Count { get; private set; }

    /// <summary>How many items fit before it grows.</summary>
    public readonly int Capacity => _items?.Length ?? 0;

    /// <summary>The items from the oldest on.</summary>
    public readonly T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items![SlotOf(index)];
        }
    }

    /// <summary>Adds the newest item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="most">Most items to hold with this one; the oldest fall out. At least 1.</param>
    public void Add(T item, int most = int.MaxValue)
    {
        while (Count >= most)
            RemoveFirst();

        if (Count == Capacity || Capacity > most)
            Resize((int)Math.Min(Math.Max(2L * Count, Smallest), most));

        _items![SlotOf(Count)] = item;
        Count++;
    }

    /// <summary>Removes the oldest item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public T RemoveFirst()
    {
        var item = this[0];
        _items![_first] = default!;
        _first = SlotOf(1);
        Count--;
        if (Capacity > ShrinksAbove && Count < Capacity / 4)
            Resize(Capacity / 2);

        return item;
    }

    /// <summary>Removes everything, and lets go of the array too.</summary>
    public void Clear()
    {
        _items = null;
        _first = 0;
        Count = 0;
    }

    private readonly int SlotOf(int index)
    {
        var slot = _first + (uint)index;
        return (int)(slot < _items!.Length ? slot : slot - _items.Length);
    }

    private void Resize(int capacity)
    {
        var items = new T[capacity];
        for (var i = 0; i < Count; i++)
            items[i] = this[i];

        _items = items;
        _first = 0;
    }
}
