namespace Sequencer.Eif;

/// <summary>One section of an image, without its twelve-byte header.</summary>
public readonly record struct EifSection(EifSectionType Type, ReadOnlyMemory<byte> Data);
