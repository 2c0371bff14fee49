using System.CommandLine;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

/// <summary>A sub-command that runs a scenario against one server and prints what it measured.</summary>
internal abstract class ScenarioCommand : Command
{
    private readonly TargetOptions _options = new();

    protected ScenarioCommand(string name, string description)
        : base(name, description)
    {
        _options.AddTo(this);
        SetAction(parsed =>
        {
            var result = Run(_options.Target(parsed), _options.Phase(parsed), parsed);
            ResultOutput.Print(result, Console.Out);
            if (_options.Json(parsed) is { } file)
                ResultOutput.Write(file, result);
        });
    }

    protected abstract ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed);

    protected Option<T> AddOption<T>(string name, string description, T value)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        Add(option);
        return option;
    }
}
