using System.Globalization;

namespace Sequencer.Bench.Running;

/// <summary>The bare Kestrel program, which the gateway is compared with.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private BareServer(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<BareServer> StartAsync(string folder)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
        var process = ChildProcess.Start(Programs.Bare, [], folder, Path.Combine(folder, "bare.log"),
            ("ASPNETCORE_URLS", address.ToString()));
        var server = new BareServer(process, address);
        await Readiness.WaitAsync(new Uri(address, "sequence/0"), process.RequireRunning);
        return server;
    }

    /// <summary>Makes its answers as long as the gateway's.</summary>
    /// <param name="answerBytes">Length of the gateway's answer to an entry of 256 bytes.</param>
    public async Task AnswerWithAsync(long answerBytes)
    {
        await ResizeAsync(0);
        var empty = (await _http.GetByteArrayAsync(new Uri("sequence/0", UriKind.Relative))).Length;
        await ResizeAsync(Math.Max(0, answerBytes - empty));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    private async Task ResizeAsync(long length)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"filler/{length}");
        using var answer = await _http.PutAsync(new Uri(path, UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }
}
