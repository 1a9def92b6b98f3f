namespace Sequencer.Witness.Tests;

/// <summary>
/// Every write of the state fails once, with and without effect; then the process or the machine goes down.
/// Whatever was answered must hold: no smaller size, no second root, no earlier time.
/// </summary>
public sealed class CrashMatrixTests
{
    private const int Steps = 6;

    /// <summary>
    /// Writes of <see cref="Steps"/> checkpoints: a file, a rename and a sync of the folder each.
    /// </summary>
    private const int WritesMax = 3 * Steps + 4;

    public static TheoryData<int, bool> Failures()
    {
        var data = new TheoryData<int, bool>();
        foreach (var fault in new[] { DiskFault.Lost, DiskFault.Persisted, DiskFault.Torn })
        {
            data.Add((int)fault, false);
            data.Add((int)fault, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task AnyWriteFails_WhatWasAnsweredHolds(int fault, bool losesPower)
    {
        var failures = 0;
        for (var write = 0; write < WritesMax; write++)
        {
            for (var seed = 0; seed < (losesPower ? 4 : 1); seed++)
            {
                var powerLoss = losesPower ? new Random(seed) : null;
                failures += await RunAsync(write, (DiskFault)fault, powerLoss) ? 1 : 0;
            }
        }

        // Each of the three kinds of write failed for each step, or the matrix tests less than it says.
        failures.Should().BeGreaterThanOrEqualTo(3 * Steps);
    }

    private static async Task<bool> RunAsync(int write, DiskFault fault, Random? powerLoss)
    {
        var log = new TestLog("log.example/chain");
        await using var fixture = WitnessFixture.Start(WitnessFixture.RuleFor(log));
        fixture.Disk.FailingWrite = fixture.Disk.Writes + write;
        fixture.Disk.Fault = fault;
        var answered = new Answered();
        for (ulong step = 1; step <= Steps; step++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            var hadFailed = fixture.Disk.HasFailed;
            await SubmitAsync(fixture, log, answered, 3 * step);
            // Some failures are met by the running process, others by one that begins anew.
            if (fixture.Disk.HasFailed && !hadFailed && write % 2 == 0)
                await fixture.RestartAsync(powerLoss);
        }

        await fixture.RestartAsync(powerLoss ?? new Random(write));
        answered.Check(await fixture.AddAsync(log.Request(answered.Size, answered.Size)), log);
        return fixture.Disk.HasFailed;
    }

    /// <summary>
    /// As a log does: it asks again with the size that it is told, until its checkpoint is cosigned.
    /// </summary>
    private static async Task SubmitAsync(WitnessFixture fixture, TestLog log, Answered answered, ulong size)
    {
        var from = answered.Size;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            switch (await fixture.AddAsync(log.Request(from, size)))
            {
                case Verdict.Behind behind:
                    behind.Size.Should().BeInRange(answered.Size, size);
                    from = behind.Size;
                    break;
                case Verdict.Refused refused:
                    refused.Reason.Should().Be(RefusalReason.StateUnavailable);
                    fixture.Witness.Trouble.Should().NotBeNull();
                    break;
                case Verdict.Cosigned cosigned:
                    answered.Take(cosigned);
                    return;
            }
        }

        throw new InvalidOperationException("It was not cosigned, though the disk fails only once.");
    }

    /// <summary>What the witness has answered so far, as the world knows it.</summary>
    private sealed class Answered
    {
        private ulong _time;

        public ulong Size { get; private set; }

        public void Take(Verdict.Cosigned cosigned)
        {
            cosigned.Checkpoint.Checkpoint.Size.Should().BeGreaterThanOrEqualTo(Size);
            cosigned.Checkpoint.Time.Should().BeGreaterThanOrEqualTo(_time);
            (Size, _time) = (cosigned.Checkpoint.Checkpoint.Size, cosigned.Checkpoint.Time);
        }

        /// <summary>The newest answered checkpoint is what the witness still stands by.</summary>
        public void Check(Verdict verdict, TestLog log)
        {
            var cosigned = verdict.Should().BeOfType<Verdict.Cosigned>().Subject;
            cosigned.Checkpoint.Checkpoint.Should().Be(log.At(Size));
            cosigned.Checkpoint.Time.Should().BeGreaterThanOrEqualTo(_time);
        }
    }
}
