using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Sequencer.Simulation;
using Sequencer.Testing;
using Xunit.Abstractions;

namespace Sequencer.EnclaveHost.LiveTests;

public sealed partial class PublishedProgramTests(ITestOutputHelper output)
{
    private const int StartMsMax = 50;

    /// <summary>Texts and names that only src/Simulation has.</summary>
    private static readonly string[] Simulated =
    [
        SimulatedRoot.CommonName, "(not a Nitro enclave)", "simulated sequencer enclave, PCR",
        "i-simulated-enc",
        "crl.simulated.invalid", nameof(SimulatedNsm), "Sequencer.Simulation",
    ];

    [PublishedFact]
    public async Task ItContainsNothingOfTheSimulation()
    {
        var program = await File.ReadAllBytesAsync(await PublishedProgram.PathAsync());
        string[] found = ["is all zero: the enclave ran in debug mode", "EnclaveConfiguration"];
        found.Where(text => !Find(program, text)).Should().BeEmpty("texts and names can be found in it");
        Simulated.Where(text => Find(program, text)).Should().BeEmpty();
        var simulation = await File.ReadAllBytesAsync(typeof(SimulatedNsm).Assembly.Location);
        Simulated.Where(text => !Find(simulation, text)).Should().BeEmpty("these are what to look for");
    }

    [PublishedFact]
    public async Task ItNeedsTheCLibraryAndWhatIsPublishedBesideIt()
    {
        var program = await PublishedProgram.PathAsync();
        var (_, needed) = await PublishedProgram.RunAsync("readelf", "-d", program);
        NeededLibrary().Matches(needed).Select(match => match.Groups[1].Value)
            .Should().BeEquivalentTo("libm.so.6", "libc.so.6", "ld-linux-x86-64.so.2");
        Directory.GetFiles(await PublishedProgram.FolderAsync(), "*.so").Select(Path.GetFileName)
            .Should().Equal("libsodium.so");
    }

    [PublishedFact]
    public async Task WithoutAnNsm_ItSaysSoInOneLine_InNoTime()
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("enclave.json", """{"log_prefix": "sequencer.test/log"}""");
        var program = await PublishedProgram.PathAsync();
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var watch = Stopwatch.StartNew();
            var (exitCode, said) = await PublishedProgram.RunAsync(
                program, "--listen", $"unix://{folder.Under("e.sock")}", "--config", configuration);
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            (exitCode, said.TrimEnd().Split('\n').Length).Should().Be((1, 1));
            said.Should().Contain("/dev/nsm cannot be opened");
        }

        output.WriteLine($"figure: from start to asking for the NSM: {fastest.TotalMilliseconds:0.0} ms");
        output.WriteLine($"figure: program: {new FileInfo(program).Length / 1e6:0.0} MB");
        fastest.Should().BeLessThan(TimeSpan.FromMilliseconds(StartMsMax));
    }

    /// <summary>Native AOT packs its data, by which the ends of a text may lie elsewhere.</summary>
    private static bool Find(byte[] program, string text) =>
        program.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text[1..^2])) >= 0
        || program.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text[1..^2])) >= 0;

    [GeneratedRegex(@"\(NEEDED\).*\[(.+)\]")]
    private static partial Regex NeededLibrary();
}
