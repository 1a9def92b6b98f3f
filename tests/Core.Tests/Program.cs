using System.Globalization;
using Sequencer.Core.Tests.Faults;

namespace Sequencer.Core.Tests;

/// <summary>The tests' own process to break; the test runner does not come here.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["disk-fault-worker", var folder, var count, var ballast])
            return await DiskFaultWorker.RunAsync(folder, int.Parse(count, CultureInfo.InvariantCulture), ballast);
        if (arguments is ["no-handles-worker", var socket])
            return await NoHandlesWorker.RunAsync(socket);
        await Console.Error.WriteLineAsync("Run these tests with: dotnet test tests/Core.Tests");
        return 2;
    }
}
