using System.IO.Compression;
using CsCheck;

namespace Sequencer.Eif.Tests;

public class GzipTests
{
    [Fact]
    public void Compress_Header_NamesNeitherTimeNorSystem() =>
        Convert.ToHexStringLower(Gzip.Compress("x"u8).AsSpan(0, 10)).Should().Be("1f8b08000000000002ff");

    [Fact]
    public void Compress_AnyBytes_ComeBack() =>
        Gen.Byte.Array[0, 5_000].Sample(data =>
        {
            var compressed = Gzip.Compress(data);
            using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
            using var output = new MemoryStream();
            gzip.CopyTo(output);
            output.ToArray().Should().Equal(data);
            Gzip.Compress(data).Should().Equal(compressed);
        });
}
