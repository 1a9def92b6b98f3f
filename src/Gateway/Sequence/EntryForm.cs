namespace Sequencer.Gateway;

/// <summary>How an entry was sent, which is how the answer gives it back.</summary>
internal enum EntryForm
{
    /// <summary>As <c>data</c>, or as a bare JSON string in a batch.</summary>
    Text,

    /// <summary>As <c>data_base64</c>, or as a raw body.</summary>
    Base64,
}
