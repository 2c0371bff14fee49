using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Configuration;

/// <summary>Makes options, and keeps the last good ones when a reload brings bad ones.</summary>
/// <remarks>
/// Without it, after one typing error in a file that is reloaded, whoever asks for the current options gets an exception: no token
/// could be verified and no key compared until the file is mended. The first options must be good, or the start stops.
/// </remarks>
internal sealed partial class LastGoodOptionsFactory(
    IEnumerable<IConfigureOptions<ParleyOptions>> configure,
    IEnumerable<IPostConfigureOptions<ParleyOptions>> postConfigure,
    IEnumerable<IValidateOptions<ParleyOptions>> validate,
    ILogger<LastGoodOptionsFactory> logger) : IOptionsFactory<ParleyOptions>
{
    private readonly OptionsFactory<ParleyOptions> _factory = new(configure, postConfigure, validate);
    private volatile ParleyOptions? _lastGood;

    public ParleyOptions Create(string name)
    {
        try
        {
            return _lastGood = _factory.Create(name);
        }
        catch (OptionsValidationException exception) when (_lastGood is not null)
        {
            LogKept(string.Join(" | ", exception.Failures));
        }
        catch (InvalidOperationException exception) when (_lastGood is not null)
        {
            // The binder's word for a value that does not fit its type; it names the key, and of the value what stands there.
            LogKept(exception.Message);
        }

        return _lastGood;
    }

    [LoggerMessage(EventId = 4201, Level = LogLevel.Error, Message = "The configuration was changed to a bad one and is not used, the last good one stays. {Problems}")]
    private partial void LogKept(string problems);
}
