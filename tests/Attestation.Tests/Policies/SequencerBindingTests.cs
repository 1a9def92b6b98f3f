using System.Text;
using CsCheck;

namespace Sequencer.Attestation.Tests;

public class SequencerBindingTests
{
    [Fact]
    public void Encode_IsThreeLines()
    {
        Encoding.UTF8.GetString(SequencerBinding.Encode("example.com/enclave/1a2b", 1))
            .Should().Be("sequencer-enclave/v1\ncosigner example.com/enclave/1a2b\nprotocol 1\n");
    }

    [Fact]
    public void Parse_OfAnyEncoding_IsTheSame()
    {
        var name = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789./-_:é漢"].Array[1, 100]
            .Select(chars => new string(chars));
        Gen.Select(name, Gen.Int[1, 65535]).Sample((cosigner, protocol) =>
        {
            var binding = SequencerBinding.Parse(SequencerBinding.Encode(cosigner, protocol));
            binding.Should().Be(new SequencerBinding(cosigner, protocol));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("sequencer-enclave/v1")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 1")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 1\n\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 1\nmore\n")]
    [InlineData("sequencer-enclave/v1\r\ncosigner a\r\nprotocol 1\r\n")]
    [InlineData("sequencer-enclave/v2\ncosigner a\nprotocol 1\n")]
    [InlineData("Sequencer-enclave/v1\ncosigner a\nprotocol 1\n")]
    [InlineData(" sequencer-enclave/v1\ncosigner a\nprotocol 1\n")]
    [InlineData("\ufeffsequencer-enclave/v1\ncosigner a\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\nprotocol 1\ncosigner a\n")]
    [InlineData("sequencer-enclave/v1\ncosigner \nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a b\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner  a\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a+b\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\u0000\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\u00a0\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\u202e\nprotocol 1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 0\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 01\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol +1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol -1\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 1 \n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol \n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 65536\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 99999999999999999999\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol ١\n")]
    [InlineData("sequencer-enclave/v1\ncosigner a\nprotocol 1\0\n")]
    public void Parse_AnythingElse_IsRefused(string text)
    {
        Refused(Encoding.UTF8.GetBytes(text)).Should().Be(AttestationError.BindingMalformed);
    }

    [Fact]
    public void Parse_BrokenUtf8OrTooLong_IsRefused()
    {
        Refused([.. Encoding.UTF8.GetBytes("sequencer-enclave/v1\ncosigner "), 0xff]).Should().NotBeNull();
        var longest = SequencerBinding.MaxSize - SequencerBinding.Encode("a", 1).Length + 1;
        SequencerBinding.Encode(new string('a', longest), 1).Should().HaveCount(SequencerBinding.MaxSize);
        FluentActions.Invoking(() => SequencerBinding.Encode(new string('a', longest + 1), 1))
            .Should().Throw<ArgumentException>();
        var text = $"sequencer-enclave/v1\ncosigner {new string('a', longest + 1)}\nprotocol 1\n";
        Refused(Encoding.UTF8.GetBytes(text)).Should().Be(AttestationError.BindingMalformed);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a b", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("a+b", 1)]
    [InlineData("\ud800", 1)]
    [InlineData("a", 0)]
    [InlineData("a", 65536)]
    public void Encode_WhatCouldNotBeRead_IsRefused(string name, int protocol)
    {
        FluentActions.Invoking(() => SequencerBinding.Encode(name, protocol))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Parse_RandomBytes_NeverFailsOtherwise()
    {
        Gen.Byte.Array[0, 80].Sample(bytes => { Refused(bytes); }, iter: 5_000);
    }

    private static AttestationError? Refused(byte[] bytes)
    {
        try
        {
            SequencerBinding.Parse(bytes);
            return null;
        }
        catch (AttestationException exception)
        {
            return exception.Reason;
        }
    }
}
