using System.Xml.Linq;

namespace Sequencer.Architecture.Tests;

public class ReferenceRuleTests
{
    /// <summary>What each project of src/ may reference, and nothing else (docs/architecture.md).</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tlog"] = [],
        ["Attestation"] = [],
        ["Eif"] = [],
        ["Iac"] = [],
        ["Simulation"] = ["Attestation"],
        ["Protocol"] = ["Tlog"],
        ["Hashing"] = ["Tlog"],
        ["Enclave"] = ["Attestation", "Protocol", "Tlog"],
        ["EnclaveHost"] = ["Enclave"],
        ["EnclaveHost.Simulated"] = ["Enclave", "Simulation"],
        ["Core"] = ["Hashing", "Protocol", "Tlog"],
        ["Gateway"] = ["Attestation", "Core", "Enclave", "Hosting", "Simulation"],
        ["Hosting"] = [],
        ["Client"] = ["Attestation", "Hashing", "Tlog"],
        ["Cli"] = ["Client", "Eif"],
        ["Witness"] = ["Attestation", "Client", "Hosting", "Tlog"],
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

    [Theory]
    [MemberData(nameof(Sources.Projects), MemberType = typeof(Sources))]
    public void Project_References_StayWithinTheLayout(string project)
    {
        Allowed.Should().ContainKey(project, "every project of src/ has its row in the layout");
        var document = XDocument.Load(Path.Combine(Sources.Folder, project, project + ".csproj"));
        var references = document.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        references.Should().BeSubsetOf(Allowed[project]);
    }

    [Fact]
    public void TrustedBase_Packages_AreTheFewThatAuditorsKnow() =>
        new[] { "Attestation", "Enclave", "EnclaveHost", "Protocol", "Tlog" }
            .SelectMany(Sources.PackagesOf)
            .Distinct()
            .Should().BeEquivalentTo([.. InTheImage, .. AtBuildOnly]);
}
