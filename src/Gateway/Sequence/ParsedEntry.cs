using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Gateway;

/// <summary>One entry out of a request, or why it is none.</summary>
internal readonly record struct ParsedEntry
{
    /// <summary>The entry's bytes, owned by whoever holds them.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    public EntryForm Form { get; private init; }

    public Problem? Refusal { get; private init; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static ParsedEntry Of(ReadOnlyMemory<byte> bytes, EntryForm form) =>
        new() { Bytes = bytes, Form = form };

    public static ParsedEntry Refused(ProblemCode code, string detail) =>
        new() { Refusal = new Problem(code, detail) };
}
