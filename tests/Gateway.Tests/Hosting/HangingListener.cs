using Sequencer.Protocol;

namespace Sequencer.Gateway.Tests;

/// <summary>Accepts streams over which, as long as it is told to, nothing more is read.</summary>
internal sealed class HangingListener(IEnclaveListener listener) : IEnclaveListener
{
    private readonly TaskCompletionSource _recovered =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile Task _mayRead = Task.CompletedTask;

    /// <summary>From now on nothing that is sent arrives, until <see cref="Recover"/>. Once.</summary>
    public void Hang() => _mayRead = _recovered.Task;

    public void Recover() => _recovered.SetResult();

    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellation) =>
        new Accepted(this, await listener.AcceptAsync(cancellation));

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private sealed class Accepted(HangingListener owner, Stream stream) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            await owner._mayRead.WaitAsync(cancellationToken);
            return read;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            stream.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            stream.FlushAsync(cancellationToken);

        public override void Flush() => stream.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
