using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Sequencer.Chaos.LiveTests;

/// <summary>
/// Ten thousand clients that hold a connection and say nothing more, or that read a feed with nothing new in it;
/// a thousand that stop in the middle of a body, and a thousand that vanish there: a real gateway goes on serving
/// the others, in flat memory.
/// </summary>
public sealed class CrowdTests(ITestOutputHelper output)
{
    private const string Chain = "crowd";
    private const int Idle = 10_000;
    private const int Stuck = 1_000;
    private const int ResidentMiBMax = 600;
    private const int CallsBeside = 50;

    [Fact]
    public async Task TenThousandIdleConnections_AndBodiesThatNeverEnd_LeaveOthersServed()
    {
        using var deployment = new Deployment();
        var (http, token) = await PrepareAsync(deployment);
        var before = deployment.GatewayResidentBytes >> 20;

        List<Socket> open = [];
        try
        {
            await OpenAsync(open, Idle, deployment.Url, Greeting());
            var idle = deployment.GatewayResidentBytes >> 20;
            await OpenAsync(open, Stuck, deployment.Url, HalfABody(token), waitForAnswer: false);
            for (var i = 0; i < Stuck; i++)
                (await ConnectAsync(deployment.Url, HalfABody(token))).Close();
            for (var i = 0; i < CallsBeside; i++)
                await SubmitAsync(http, string.Create(CultureInfo.InvariantCulture, $"beside {i}"));
            var crowded = deployment.GatewayResidentBytes >> 20;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"crowd: resident MiB before {before}, with {Idle} idle connections {idle}, "
                + $"with {Stuck} half bodies and {Stuck} vanished clients {crowded}"));
            crowded.Should().BeLessThan(ResidentMiBMax);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        await SubmitAsync(http, "last");
        http.Dispose();
    }

    [Fact]
    public async Task TenThousandIdleReadersOfAFeed_AreCheap_AndAllGetWhatIsNew()
    {
        using var deployment = new Deployment(
            ("SEQUENCER__FEED__CLIENT_READERS_MAX", $"{Idle}"),
            ("SEQUENCER__FEED__KEEP_ALIVE_SECONDS", "300"));
        var (http, token) = await PrepareAsync(deployment);
        var before = deployment.GatewayResidentBytes >> 20;

        List<Socket> open = [];
        try
        {
            await OpenAsync(open, Idle, deployment.Url, Follow(token));
            var idle = deployment.GatewayResidentBytes >> 20;
            await SubmitAsync(http, "news for everybody");
            foreach (var socket in open)
                await ReadUntilAsync(socket, "news for everybody");
            var told = deployment.GatewayResidentBytes >> 20;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"crowd: resident MiB before {before}, with {Idle} idle readers of a feed {idle}, "
                + $"after an entry to each {told}"));
            told.Should().BeLessThan(ResidentMiBMax);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        await SubmitAsync(http, "last");
        http.Dispose();
    }

    private static async Task<(HttpClient Http, string Token)> PrepareAsync(Deployment deployment)
    {
        await deployment.WhenReadyAsync();
        var token = deployment
            .Run("Cli", "sequencer", "token", "--key", "secrets/jwt.key", "--chain", Chain).Trim();
        var http = new HttpClient { BaseAddress = deployment.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await SubmitAsync(http, "first");
        return (http, token);
    }

    /// <summary>A whole request on a connection that is kept.</summary>
    private static byte[] Greeting() => "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private static byte[] Follow(string token) => Encoding.ASCII.GetBytes(
        $"GET /log/{Chain}/feed?from=next HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");

    private static async Task ReadUntilAsync(Socket socket, string text)
    {
        var seen = "";
        var buffer = new byte[4_096];
        while (!seen.Contains(text, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer);
            read.Should().BePositive("a feed has no end");
            seen += Encoding.UTF8.GetString(buffer, 0, read);
        }
    }

    private static byte[] HalfABody(string token) => Encoding.ASCII.GetBytes(
        $"POST /sequence HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        + "Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n{\"data\":\""
        + new string('x', 1_000));

    private static async Task OpenAsync(
        List<Socket> open, int count, Uri url, byte[] request, bool waitForAnswer = true)
    {
        for (var i = 0; i < count; i++)
        {
            var socket = await ConnectAsync(url, request);
            open.Add(socket);
            if (waitForAnswer)
                (await socket.ReceiveAsync(new byte[512])).Should().BePositive();
        }
    }

    private static async Task<Socket> ConnectAsync(Uri url, byte[] request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, url.Port);
        await socket.SendAsync(request);
        return socket;
    }

    private static async Task SubmitAsync(HttpClient http, string data)
    {
        using var content = new StringContent($"{{\"data\":\"{data}\"}}", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/sequence", UriKind.Relative), content);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
