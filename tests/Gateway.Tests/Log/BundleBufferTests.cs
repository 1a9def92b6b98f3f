using System.Buffers;
using CsCheck;

namespace Sequencer.Gateway.Tests;

public class BundleBufferTests
{
    private const int KiB = 1024;

    private readonly BundleBudget _budget = new(new ReadSettings
    {
        PerSecond = 0,
        Burst = 1,
        AttestationsPerMinute = 0,
        AttestationsPerMinuteAll = 0,
        BundlesMaxBytes = 1_000 * KiB,
    });

    /// <summary>In whatever pieces and however its writers ask for room.</summary>
    [Fact]
    public void Write_AnyPieces_IsWhatWasWritten_AndCountedAboveTheUsual() =>
        Gen.Select(Gen.Int[1, 40 * KiB].Array[0, 12], Gen.Bool).Sample((lengths, asksFirst) =>
        {
            var buffer = new BundleBuffer(_budget);
            var all = new List<byte>();
            foreach (var length in lengths)
            {
                var piece = Enumerable.Range(all.Count, length).Select(i => (byte)(i * 31 >> 3)).ToArray();
                all.AddRange(piece);
                if (asksFirst)
                {
                    piece.CopyTo(buffer.GetMemory(length));
                    buffer.Advance(length);
                }
                else
                {
                    buffer.Write(piece);
                }

                _budget.Held.Should().Be(all.Count > BundleBuffer.UncountedBytesMax ? buffer.Capacity : 0);
            }

            buffer.Written.Span.SequenceEqual(all.ToArray()).Should().BeTrue();
            buffer.Clear();
            buffer.Written.IsEmpty.Should().BeTrue();
            _budget.Held.Should().Be(0);
        }, threads: 1);

    [Fact]
    public void Write_MoreThanTheBudgetHas_IsRefusedBeforeItIsThere()
    {
        var (first, second, usual) = (new BundleBuffer(_budget), new BundleBuffer(_budget), new BundleBuffer(_budget));
        first.Write(new byte[500 * KiB]);
        var held = _budget.Held;
        held.Should().BeInRange(500 * KiB, 1_000 * KiB);

        var more = () => second.Write(new byte[500 * KiB]);

        more.Should().Throw<BundlesFullException>().Which.Problem.Code.Should().Be(ProblemCode.BundlesFull);
        second.Capacity.Should().BeLessThan(500 * KiB);
        usual.Write(new byte[BundleBuffer.UncountedBytesMax]);
        second.Clear();
        _budget.Held.Should().Be(held);
        first.Clear();
        second.Write(new byte[500 * KiB]);
    }
}
