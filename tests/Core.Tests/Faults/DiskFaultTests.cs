using System.Diagnostics;
using System.Globalization;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// A real process on a disk that is full, whose files may not grow, or whose syncs fail. It must refuse,
/// recover, and have acknowledged nothing that is not there afterwards.
/// </summary>
public sealed class DiskFaultTests : IDisposable
{
    private const string SmallDisk = "unshare -rm sh -c 'mount -t tmpfs -o size=1m tmpfs /mnt'";
    private const string Strace = "strace -f -qq -e trace=fdatasync -e inject=fdatasync:error=EIO true";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Needs("a small file system of one's own (unshare, tmpfs)", SmallDisk)]
    public async Task AFullDisk_IsRefusedAndRecoversWhenThereIsRoom()
    {
        var small = _folder.Under("small");
        Directory.CreateDirectory(small);
        var run = await RunAsync(
            "unshare", "-rm", "sh", "-c",
            $"mount -t tmpfs -o size=24m tmpfs '{small}' && head -c 20m /dev/zero > '{small}/ballast' && "
            + $"{Worker($"{small}/ledger", count: 1_000, $"{small}/ballast")}; code=$?; "
            + $"cp -r '{small}/ledger' '{_folder.Under("ledger")}'; exit $code");

        run.Lines.Should().Contain(line => line.StartsWith("refused"));
        run.Lines.Should().Contain("room");
        run.ExitCode.Should().Be(0, run.Error);
        await AuditAsync(run.Lines, acknowledged: 1_000);
    }

    [Needs("a limit on the size of files", "sh -c 'ulimit -f 1'")]
    public async Task FilesThatMayNotGrow_AreRefusedAndTheLedgerIsOpenedAgain()
    {
        // The shell's limit counts blocks of 512 bytes: 2 MiB. Without the trap the process would be killed, and
        // without the variable .NET would make a larger file for itself.
        var run = await RunAsync(
            "sh", "-c", "trap '' XFSZ; ulimit -f 4096; export DOTNET_EnableWriteXorExecute=0; "
            + $"exec {Worker(_folder.Under("ledger"), count: 600, "none")}");

        run.Lines.Should().Contain(line => line.StartsWith("refused"));
        run.ExitCode.Should().Be(0, run.Error);
        await AuditAsync(run.Lines, acknowledged: 600);
    }

    [Needs("strace that may inject errors", Strace)]
    public async Task SyncsThatFail_AreNotAcknowledgedAndNotRetried()
    {
        var run = await RunAsync(
            "sh", "-c",
            "exec strace -f -qq -o /dev/null -e trace=fdatasync -e inject=fdatasync:error=EIO:when=40+40 "
            + Worker(_folder.Under("ledger"), count: 200, "none"));

        run.Lines.Should().Contain(line => line.StartsWith("refused OutcomeUnknown"));
        run.ExitCode.Should().Be(0, run.Error);
        await AuditAsync(run.Lines, acknowledged: 200);
    }

    private static string Worker(string folder, int count, string ballast) => string.Create(
        CultureInfo.InvariantCulture,
        $"dotnet '{typeof(DiskFaultTests).Assembly.Location}' disk-fault-worker '{folder}' {count} '{ballast}'");

    private static async Task<(int ExitCode, List<string> Lines, string Error)> RunAsync(
        string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        return (process.ExitCode, lines, $"{string.Join('\n', lines.TakeLast(5))}\n{await error}");
    }

    /// <summary>What was acknowledged is there, in its place, under the root that was signed.</summary>
    private async Task AuditAsync(List<string> lines, int acknowledged)
    {
        await using var ledger = await new RocksLedgerSource(_folder.Under("ledger"), "ledger-1", initialise: false)
            .OpenAsync(CancellationToken.None);
        var roots = new Dictionary<string, string>();
        var range = new CompactRange();
        foreach (var entry in ledger.ReadEntries(new ChainNumber(1), 0, ulong.MaxValue))
        {
            entry.Span.SequenceEqual(DiskFaultWorker.Entry((int)range.Size)).Should().BeTrue();
            range.Append(MerkleHash.Leaf(entry.Span));
            roots[range.Size.ToString(CultureInfo.InvariantCulture)] = range.Root().ToString();
        }

        var acks = lines.Select(line => line.Split(' ')).Where(line => line[0] == "ack").ToList();
        acks.Should().HaveCount(acknowledged);
        acks.Should().OnlyContain(ack => roots[ack[2]] == ack[3]);
    }
}
