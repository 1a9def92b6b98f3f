using Sequencer.Testing;

namespace Sequencer.Architecture.Tests;

/// <summary>
/// A project compiles with what it names and nothing else (src/Directory.Build.props), and names what
/// docs/architecture.md lists for it: so the table there is the fence around the trusted base.
/// </summary>
public class ReferenceRuleTests
{
    /// <summary>Sources of one project that another compiles too.</summary>
    private static readonly Dictionary<string, string[]> CompiledFromElsewhere = new()
    {
        ["EnclaveHost.Simulated"] = ["../EnclaveHost/**/*.cs"],
        ["Simulation"] = ["../Hosting/SecretFile.cs"],
    };

    /// <summary>What the enclave's program is linked of, beside what this repository has.</summary>
    private static readonly string[] InTheImage =
    [
        "NSec.Cryptography",
        "libsodium",
        "System.Formats.Cbor",
        "Microsoft.DotNet.ILCompiler",
        "runtime.linux-x64.Microsoft.DotNet.ILCompiler",
    ];

    /// <summary>What looks at the code while it is built, and leaves nothing in it.</summary>
    private static readonly string[] AtBuildOnly =
        ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];

    [Fact]
    public void Table_HasARowForEveryProjectOfSource() =>
        Table().Keys.Should().BeEquivalentTo(Sources.Names);

    [Theory]
    [MemberData(nameof(Sources.Projects), MemberType = typeof(Sources))]
    public void Project_References_AreThoseOfItsRow(string project) =>
        Sources.IncludedBy(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path))
            .Should().BeEquivalentTo(Table()[project]);

    [Theory]
    [MemberData(nameof(Sources.Projects), MemberType = typeof(Sources))]
    public void Project_References_BringNothingByWayOfAnother(string project) =>
        Sources.ElementsOf(project, "DisableTransitiveProjectReferences").Select(element => element.Value)
            .Should().Equal("true");

    [Theory]
    [MemberData(nameof(Sources.Projects), MemberType = typeof(Sources))]
    public void Project_SourcesFromElsewhere_AreThoseNamedHere(string project) =>
        Sources.IncludedBy(project, "Compile")
            .Should().BeEquivalentTo(CompiledFromElsewhere.GetValueOrDefault(project, []));

    [Fact]
    public void TrustedBase_Packages_AreTheFewThatAuditorsKnow() =>
        new[] { "Attestation", "Enclave", "EnclaveHost", "Protocol", "Tlog" }
            .SelectMany(Sources.PackagesOf)
            .Distinct()
            .Should().BeEquivalentTo([.. InTheImage, .. AtBuildOnly]);

    /// <summary>The rows of the table: a project, and what it may reference.</summary>
    private static Dictionary<string, string[]> Table() => File
        .ReadLines(Path.Combine(SharedData.RepositoryRoot, "docs", "architecture.md"))
        .SkipWhile(line => line != "| project | what | references |")
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1], cells => cells[3] == "nothing" ? [] : cells[3].Split(", "));
}
