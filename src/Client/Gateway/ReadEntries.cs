namespace Sequencer.Client;

/// <summary>The entries of a bundle, views of the answer that brought them.</summary>
/// <param name="body">The answer; given back with this.</param>
/// <param name="entries">Its entries, in order.</param>
internal sealed class ReadEntries(AnswerBody body, ReadOnlyMemory<byte>[] entries) : IDisposable
{
    /// <summary>Not to be used after this was disposed of.</summary>
    public ReadOnlyMemory<byte>[] Entries => entries;

    public void Dispose() => body.Dispose();
}
