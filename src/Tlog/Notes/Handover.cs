using System.Globalization;

namespace Sequencer.Tlog;

/// <summary>
/// The statement by which an epoch adopts the history of the one before: the text of a signed note whose
/// first line tells it from a checkpoint. The new epoch's key signs it (type 0x01, the cosigner's name).
/// </summary>
/// <param name="Prior">The prior epoch's last checkpoint that was adopted; without extension lines.</param>
/// <param name="PriorKey">The prior epoch's cosigner key (type 0x04).</param>
/// <param name="NewKey">The adopting epoch's cosigner key (type 0x04).</param>
/// <param name="Time">Time of the adoption, in seconds since 1970, at most 2^63-1.</param>
public sealed record Handover(Checkpoint Prior, VerifierKey PriorKey, VerifierKey NewKey, ulong Time)
{
    /// <summary>First line of the note's text.</summary>
    public const string Header = "sequencer-handover/v1";

    /// <summary>Longest text, in characters: far above what the six lines can have.</summary>
    private const int MaxLength = 4096;

    /// <summary>The note's text: six lines, each ending in LF.</summary>
    public string ToNoteText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Header}\n{Prior.Origin}\n{Prior.Size} {Prior.Root}\n{PriorKey}\n{NewKey}\n{Time}\n");

    /// <summary>Reads a note's text.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedHandover"/> or <see cref="TlogError.UnsupportedKeyType"/>, or what
    /// <see cref="Checkpoint.Parse"/> and <see cref="VerifierKey.Parse"/> refuse, when it is not exactly such
    /// a text.
    /// </exception>
    public static Handover Parse(string noteText)
    {
        ArgumentNullException.ThrowIfNull(noteText);
        if (noteText.Length > MaxLength
            || noteText.Split('\n') is not [Header, var origin, var head, var prior, var next, var time, ""]
            || head.Split(' ') is not [var size, var root])
        {
            throw Malformed($"it must be six lines, the first of them '{Header}'");
        }

        if (!StrictText.TryDecimal(time, Cosignature.MaxTime, out var seconds))
            throw Malformed("its time must be a decimal number without leading zero, at most 2^63-1");
        return new Handover(
            Checkpoint.Parse($"{origin}\n{size}\n{root}\n"), ParseKey(prior), ParseKey(next), seconds);
    }

    private static VerifierKey ParseKey(string vkey)
    {
        var key = VerifierKey.Parse(vkey);
        return key.Type == SignatureType.CosignatureEd25519
            ? key
            : throw new TlogException(TlogError.UnsupportedKeyType,
                $"A handover's keys are of type 0x04; that of '{key.Name}' is of 0x{(byte)key.Type:x2}.");
    }

    private static TlogException Malformed(string why) =>
        new(TlogError.MalformedHandover, $"The handover is malformed: {why}.");
}
