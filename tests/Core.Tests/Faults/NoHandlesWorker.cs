using Sequencer.Protocol;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// A process that has no handle left when it wants to reach its enclave, and tells what that looks like.
/// </summary>
internal static class NoHandlesWorker
{
    public static async Task<int> RunAsync(string socket)
    {
        // What an attempt loads is loaded now.
        await AttemptAsync(socket);
        var held = TakeAll();
        var failure = await AttemptAsync(socket);
        foreach (var file in held)
            await file.DisposeAsync();
        await Console.Out.WriteLineAsync(failure);
        return 0;
    }

    private static List<FileStream> TakeAll()
    {
        var held = new List<FileStream>();
        try
        {
            while (true)
                held.Add(File.OpenRead("/dev/null"));
        }
        catch (IOException)
        {
            return held;
        }
    }

    private static async Task<string> AttemptAsync(string socket)
    {
        try
        {
            await using var stream = await new UnixTransport(socket).ConnectAsync(CancellationToken.None);
            return "connected";
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
