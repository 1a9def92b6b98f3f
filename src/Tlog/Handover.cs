using System.Globalization;

namespace Sequencer.Tlog;

/// <summary>
/// The statement by which an epoch adopts the history of the one before: the text of a signed note whose
/// first line tells it from a checkpoint. The new epoch's key signs it (type 0x01, the cosigner's name).
/// </summary>
/// <param name="Prior">The prior epoch's last checkpoint that was adopted.</param>
/// <param name="PriorKey">The prior epoch's cosigner key (type 0x04).</param>
/// <param name="NewKey">The adopting epoch's cosigner key (type 0x04).</param>
/// <param name="Time">Time of the adoption, in seconds since 1970.</param>
public sealed record Handover(Checkpoint Prior, VerifierKey PriorKey, VerifierKey NewKey, ulong Time)
{
    /// <summary>First line of the note's text.</summary>
    public const string Header = "sequencer-handover/v1";

    /// <summary>The note's text: six lines, each ending in LF.</summary>
    public string ToNoteText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Header}\n{Prior.Origin}\n{Prior.Size} {Prior.Root}\n{PriorKey}\n{NewKey}\n{Time}\n");

    /// <summary>Reads a note's text.</summary>
    /// <exception cref="TlogException">When it is not exactly such a text.</exception>
    public static Handover Parse(string noteText)
    {
        if (noteText.Split('\n') is not [Header, var origin, var sizeAndRoot, var priorKey, var newKey, var time, ""]
            || sizeAndRoot.Split(' ') is not [var size, var root])
        {
            throw new TlogException(TlogError.MalformedHandover, $"A handover is six lines after '{Header}'.");
        }

        var handover = new Handover(
            Checkpoint.Parse($"{origin}\n{size}\n{root}\n"),
            VerifierKey.Parse(priorKey),
            VerifierKey.Parse(newKey),
            ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);
        return handover.ToNoteText() == noteText
            ? handover
            : throw new TlogException(TlogError.MalformedHandover, "The handover is not in its canonical spelling.");
    }
}
