namespace Sequencer.Testing;

/// <summary>
/// A parser with a bug behind four bytes, each behind the last: chance would need billions of tries, a fuzzer
/// that sees which branches were taken needs thousands. It proves that findings are found and told.
/// </summary>
public static class Canary
{
    /// <exception cref="FormatException">When the input is too short: its way to refuse.</exception>
    /// <exception cref="InvalidOperationException">The bug.</exception>
    public static void Parse(byte[] input)
    {
        if (input.Length < 4)
            throw new FormatException("Too short.");
        if (input[0] != 'c')
            return;
        if (input[1] != 'r')
            return;
        if (input[2] != 'o')
            return;
        if (input[3] == 'w')
            throw new InvalidOperationException("The canary's bug.");
    }
}
