using System.Globalization;
using System.Text;

namespace Sequencer.Attestation;

/// <summary>
/// What a sequencer's enclave states in the user data of its document, beside its public key: three lines
/// of UTF-8, <c>sequencer-enclave/v1</c>, <c>cosigner NAME</c>, <c>protocol N</c>, each ended by one line
/// feed, at most 512 bytes.
/// </summary>
/// <param name="CosignerName">Key name of the enclave's cosignatures (C2SP signed-note).</param>
/// <param name="ProtocolVersion">
/// Version of the protocol between gateway and enclave, from 1 to 65535.
/// </param>
public sealed record SequencerBinding(string CosignerName, int ProtocolVersion)
{
    /// <summary>Longest encoding, in bytes.</summary>
    public const int MaxSize = 512;

    private const string Header = "sequencer-enclave/v1";
    private const string CosignerLabel = "cosigner ";
    private const string ProtocolLabel = "protocol ";
    private const int MaxProtocol = ushort.MaxValue;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The user data; <see cref="Parse"/> reads it back.</summary>
    /// <exception cref="ArgumentException">The name is no key name, or too long.</exception>
    public static byte[] Encode(string cosignerName, int protocolVersion)
    {
        if (!IsKeyName(cosignerName))
        {
            throw new ArgumentException(
                "A cosigner's name is one word without spaces, control characters and '+'.",
                nameof(cosignerName));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(protocolVersion, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(protocolVersion, MaxProtocol);
        var bytes = StrictUtf8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{Header}\n{CosignerLabel}{cosignerName}\n{ProtocolLabel}{protocolVersion}\n"));
        return bytes.Length <= MaxSize
            ? bytes
            : throw new ArgumentException(
                $"The binding has {bytes.Length} bytes, expected at most {MaxSize}.", nameof(cosignerName));
    }

    /// <exception cref="AttestationException"><see cref="AttestationError.BindingMalformed"/>.</exception>
    public static SequencerBinding Parse(ReadOnlyMemory<byte> userData)
    {
        if (userData.Length > MaxSize)
            throw Malformed($"they have {userData.Length} bytes, expected at most {MaxSize}");
        string text;
        try
        {
            text = StrictUtf8.GetString(userData.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw Malformed("they are not UTF-8", exception);
        }

        var lines = text.Split('\n');
        if (lines.Length != 4 || lines[3].Length != 0 || lines[0] != Header)
            throw Malformed($"expected three lines, the first \"{Header}\"");
        if (!lines[1].StartsWith(CosignerLabel, StringComparison.Ordinal)
            || !IsKeyName(lines[1][CosignerLabel.Length..]))
        {
            throw Malformed("the second line is not \"cosigner\" and a key name");
        }

        if (!lines[2].StartsWith(ProtocolLabel, StringComparison.Ordinal)
            || !TryReadProtocol(lines[2][ProtocolLabel.Length..], out var protocol))
        {
            throw Malformed($"the third line is not \"protocol\" and a number from 1 to {MaxProtocol}");
        }

        return new SequencerBinding(lines[1][CosignerLabel.Length..], protocol);
    }

    private static bool IsKeyName(string name)
    {
        if (name.Length == 0)
            return false;
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '+' or 0xfffd || Rune.IsWhiteSpace(rune) || !TerminalText.IsPrintable(rune))
                return false;
        }

        return true;
    }

    // The runtime's parsers pass over NUL characters at the end: only digits may come that far.
    private static bool TryReadProtocol(string digits, out int protocol) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out protocol)
        && digits.All(char.IsAsciiDigit)
        && protocol is >= 1 and <= MaxProtocol
        && digits[0] != '0';

    private static AttestationException Malformed(string what, Exception? inner = null) =>
        new(AttestationError.BindingMalformed,
            $"The user data are not those of a sequencer's enclave: {what}.", inner);
}
