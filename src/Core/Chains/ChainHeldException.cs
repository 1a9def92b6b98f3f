namespace Sequencer.Core;

/// <summary>The enclave does not take the chain up, or sign for it, at the moment: try again.</summary>
/// <param name="why">What submissions to the chain are refused with until it does.</param>
internal class ChainHeldException(Refusal why) : Exception(why.Detail)
{
    /// <summary>What submissions to the chain are refused with until it does.</summary>
    public Refusal Why => why;
}
