using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Kestrel's features without the connection's pipes: what a host looks like that has only a stream to give.</summary>
internal sealed class HiddenTransport(IFeatureCollection features) : IFeatureCollection
{
    public static HttpContext Hide(HttpContext context) => new DefaultHttpContext(new HiddenTransport(context.Features));

    public bool IsReadOnly => features.IsReadOnly;

    public int Revision => features.Revision;

    public object? this[Type key]
    {
        get => key == typeof(IConnectionTransportFeature) ? null : features[key];
        set => features[key] = value;
    }

    public TFeature? Get<TFeature>() => typeof(TFeature) == typeof(IConnectionTransportFeature) ? default : features.Get<TFeature>();

    public void Set<TFeature>(TFeature? instance) => features.Set(instance);

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
