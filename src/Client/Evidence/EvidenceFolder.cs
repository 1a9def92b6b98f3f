using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Client;

/// <summary>Where a monitor writes the evidence that it finds.</summary>
/// <param name="path">The folder; it is made when there is something to write.</param>
public sealed class EvidenceFolder(string path)
{
    /// <summary>Writes evidence to a file of its own, durably.</summary>
    /// <returns>The file's path.</returns>
    /// <exception cref="IOException">When it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">When it may not be.</exception>
    public string Save(ContradictionEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Directory.CreateDirectory(path);
        var chain = evidence.Origin[(evidence.Origin.LastIndexOf('/') + 1)..];
        var digest = SHA256.HashData(
            Encoding.UTF8.GetBytes(evidence.Older.Checkpoint + evidence.Newer.Checkpoint));
        var file = Path.Combine(
            path, $"evidence-{chain}-{Convert.ToHexStringLower(digest.AsSpan(0, 8))}.json");
        DurableFile.Write(file, Encoding.UTF8.GetBytes(evidence.ToJson()));
        return file;
    }
}
