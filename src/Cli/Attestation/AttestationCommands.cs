using System.CommandLine;
using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Attestation;

/// <summary><c>sequencer attestation</c>: what can be done with attestation documents.</summary>
internal static class AttestationCommands
{
    public static Command Create(CliEnvironment environment) =>
        new("attestation", "Looks into attestation documents.") { new AttestationVerifyCommand(environment) };
}
