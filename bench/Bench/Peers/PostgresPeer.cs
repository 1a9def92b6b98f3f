using System.Globalization;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Peers;

/// <summary>PostgreSQL: an insert that returns the index, and <c>COPY</c>.</summary>
internal sealed class PostgresPeer : Peer
{
    private const string User = "bench";

    /// <summary>The server refuses to run as root; Debian's package makes this account.</summary>
    private const string Account = "postgres";

    public override string Name => "PostgreSQL";

    public override string Durability => "fsync on, synchronous_commit on";

    public override string? Missing =>
        Installed.Find("postgres") is null || Installed.Find("pgbench") is null ? "postgresql" : null;

    public override async Task<PeerRates> MeasureAsync(string folder, double seconds)
    {
        var data = Path.Combine(folder, "data");
        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        if (Environment.IsPrivilegedProcess)
            await ChildProcess.RunAsync("chown", [Account, folder], folder);
        var (initdb, asAccount) = Command("initdb");
        await ChildProcess.RunAsync(initdb, [.. asAccount, "-D", data, "-U", User, "--auth=trust"], folder);
        var (postgres, prefix) = Command("postgres");
        await using var server = ChildProcess.Start(postgres,
            [
                .. prefix, "-D", data, "-h", "127.0.0.1", "-p", port, "-k", "",
                "-c", "fsync=on", "-c", "synchronous_commit=on",
                "-c", "max_connections=100", "-c", "max_wal_size=4GB",
            ],
            folder, Path.Combine(folder, "postgres.log"));
        await PortReadiness.WaitAsync(int.Parse(port, CultureInfo.InvariantCulture), server.RequireRunning);
        await ChildProcess.RunAsync(Installed.Require("psql"),
            [
                "-h", "127.0.0.1", "-p", port, "-U", User, "-q", "-c",
                "CREATE TABLE entries (id bigserial PRIMARY KEY, data text NOT NULL)", "postgres",
            ],
            folder);
        var single = await LoadAsync(folder, port, Clients, seconds,
            $"INSERT INTO entries (data) VALUES ('{new string('e', EntryBytes)}') RETURNING id;");
        var rows = Path.Combine(folder, "rows");
        await File.WriteAllLinesAsync(rows, Enumerable.Repeat(new string('e', EntryBytes), BatchEntries));
        var batch = await LoadAsync(
            folder, port, BatchClients, seconds, $"COPY entries (data) FROM '{rows}';") * BatchEntries;
        await server.StopAsync();
        return new PeerRates(
            single, "pgbench, INSERT … RETURNING id, prepared",
            batch, string.Create(CultureInfo.InvariantCulture,
                $"pgbench, COPY of {BatchEntries:#,0} rows from a file beside it, {BatchClients} clients"));
    }

    private static async Task<double> LoadAsync(
        string folder, string port, int clients, double seconds, string statement)
    {
        const string Label = "tps = ";
        var script = Path.Combine(folder, "load.sql");
        await File.WriteAllTextAsync(script, statement + "\n");
        var output = await ChildProcess.RunAsync(Installed.Require("pgbench"),
            [
                "-n", "-h", "127.0.0.1", "-p", port, "-U", User, "-M", "prepared",
                "-c", clients.ToString(CultureInfo.InvariantCulture), "-j", "2",
                "-T", Math.Round(seconds).ToString(CultureInfo.InvariantCulture), "-f", script, "postgres",
            ],
            folder);
        var line = output.Split('\n').First(line => line.StartsWith(Label, StringComparison.Ordinal));
        return double.Parse(line[Label.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>How to run one of the server's programs: as the package's account when this is root.</summary>
    private static (string Program, string[] Arguments) Command(string program)
    {
        var path = Installed.Require(program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", path])
            : (path, []);
    }
}
