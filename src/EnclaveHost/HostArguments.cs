using Sequencer.Protocol;

namespace Sequencer.EnclaveHost;

/// <summary>What the command line says.</summary>
internal sealed record HostArguments
{
    /// <summary>Where the measured configuration is in an image.</summary>
    public const string ImageConfigFile = "/etc/sequencer/enclave.json";

    private const string ListenOption = "--listen";
    private const string ConfigOption = "--config";

    /// <summary>Where sessions are taken from.</summary>
    public required EnclaveEndpoint Listen { get; init; }

    /// <summary>The enclave's configuration, JSON.</summary>
    public string ConfigFile { get; init; } = ImageConfigFile;

    /// <summary>What <see cref="NsmSource"/> asks for, by the option's name.</summary>
    public required IReadOnlyDictionary<string, string> Nsm { get; init; }

    /// <summary>One line that says how the program is called.</summary>
    public static string Usage =>
        $"usage: {HostLog.Program} {ListenOption} unix:///path|vsock://any:port [{ConfigOption} FILE]"
        + string.Concat(NsmSource.Options.Select(option => $" {option} FILE"));

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help =>
        $"""
        {Usage}
               {HostLog.Program} --help | --version

        {ConfigOption} defaults to {ImageConfigFile}.
        Exit codes: 0 stopped, 1 it cannot start or go on, 2 usage.
        """;

    /// <summary>Reads pairs of option and value; every option at most once.</summary>
    /// <exception cref="UsageException">With a sentence that names the option.</exception>
    public static HostArguments Parse(IReadOnlyList<string> arguments)
    {
        string[] known = [ListenOption, ConfigOption, .. NsmSource.Options];
        var values = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var option = arguments[i];
            if (!known.Contains(option))
                throw new UsageException($"'{option}' is no option of this program.");
            if (i + 1 == arguments.Count)
                throw new UsageException($"{option} needs a value after it.");
            if (arguments[i + 1].Length == 0)
                throw new UsageException($"{option} is empty: give a value, or leave the option out.");
            if (!values.TryAdd(option, arguments[i + 1]))
                throw new UsageException($"{option} is given twice.");
        }

        foreach (var option in NsmSource.Options.Prepend(ListenOption))
        {
            if (!values.ContainsKey(option))
                throw new UsageException($"{option} is missing.");
        }

        return new HostArguments
        {
            Listen = ParseEndpoint(values[ListenOption]),
            ConfigFile = values.GetValueOrDefault(ConfigOption, ImageConfigFile),
            Nsm = values,
        };
    }

    private static EnclaveEndpoint ParseEndpoint(string text)
    {
        try
        {
            return EnclaveEndpoint.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{ListenOption}: {exception.Message}");
        }
    }
}
