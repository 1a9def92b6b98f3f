namespace Sequencer.Gateway.Tests;

/// <summary>Where to listen: nothing that Kestrel would take for every address of the machine.</summary>
public sealed partial class SettingsTests
{
    [Theory]
    [InlineData("5000")]
    [InlineData("http://a:b@127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:5000?x")]
    [InlineData("http://127.0.0.1:5000#x")]
    [InlineData("http://127.0.0.1:5000/base")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:x")]
    [InlineData("http://127.0.0.l:5000")]
    [InlineData("http://locahost:5000")]
    [InlineData("http://*:5000;http://a.example:5001")]
    [InlineData("https://127.0.0.1:5000")]
    public void AddressThatKestrelWouldWiden_IsRefused(string listen)
    {
        var reading = () => Read(("server:listen", listen));
        reading.Should().Throw<SettingsException>().Which.Message.Should()
            .Contain($"server.listen is \"{listen}\"; expected addresses such as http://127.0.0.1:5000, each of an IP");
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://[::1]:5000;http://LOCALHOST:5001")]
    [InlineData("http://*:5000;http://+:5001")]
    [InlineData("http://unix:/run/gateway.sock")]
    public void AddressThatKestrelTakesByTheLetter_IsTaken(string listen) =>
        Read(("server:listen", listen)).Server.Listener.Listen.Should().Be(listen);
}
