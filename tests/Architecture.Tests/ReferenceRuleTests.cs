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
    public void TrustedBase_Packages_AreTheFewThatAuditorsKnow()
    {
        var packages = new[] { "Tlog", "Attestation", "Protocol", "Enclave" }
            .Select(project => XDocument.Load(Path.Combine(Sources.Folder, project, project + ".csproj")))
            .SelectMany(document => document.Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value)
            .Distinct();
        packages.Should().BeSubsetOf(
            ["NSec.Cryptography", "System.Formats.Cbor", "System.Security.Cryptography.Cose"]);
    }
}
