namespace Parley.Webhooks.Schemas;

/// <summary>Properties and items of one value, by their place in it, that a schema has looked at: what <c>unevaluated…</c> asks for.</summary>
internal sealed class EvaluatedParts
{
    private HashSet<int>? _properties;
    private HashSet<int>? _items;
    private int _firstItems;

    public bool HasAllProperties { get; set; }

    public bool HasAllItems { get; set; }

    /// <summary>How many it keeps one by one: what a merge costs.</summary>
    public int Count => (_properties?.Count ?? 0) + (_items?.Count ?? 0);

    public void AddProperty(int index) => (_properties ??= []).Add(index);

    public void AddItem(int index) => (_items ??= []).Add(index);

    public void AddFirstItems(int count) => _firstItems = Math.Max(_firstItems, count);

    public bool HasProperty(int index) => HasAllProperties || (_properties?.Contains(index) ?? false);

    public bool HasItem(int index) => HasAllItems || index < _firstItems || (_items?.Contains(index) ?? false);

    public void Add(EvaluatedParts other)
    {
        HasAllProperties |= other.HasAllProperties;
        HasAllItems |= other.HasAllItems;
        AddFirstItems(other._firstItems);
        if (other._properties is not null)
            (_properties ??= []).UnionWith(other._properties);
        if (other._items is not null)
            (_items ??= []).UnionWith(other._items);
    }
}
