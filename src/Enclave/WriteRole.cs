using Sequencer.Protocol;

namespace Sequencer.Enclave;

/// <summary>
/// Who may change the machine: one session at a time, and a newer generation takes the role from an older one
/// for ever. One caller at a time.
/// </summary>
internal sealed class WriteRole
{
    private SessionRole? _holder;
    private ulong _generation;

    /// <summary>Opens a session that shares a version, and gives it the role if it claims it.</summary>
    /// <exception cref="EnclaveRefusedException">When it may not; nothing has changed.</exception>
    public HelloReply Hello(SessionRole session, HelloRequest hello)
    {
        if (session.SaidHello)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.HelloExpected, "This session has said hello already.");
        }

        if (Limits.Version < hello.VersionMin || Limits.Version > hello.VersionMax)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.Version,
                $"The enclave speaks version {Limits.Version}, the core {hello.VersionMin} to "
                + $"{hello.VersionMax}.");
        }

        if (hello.Generation is { } generation)
        {
            if (generation <= _generation)
            {
                throw new EnclaveRefusedException(EnclaveRefusalReason.Fenced,
                    $"Generation {generation} is not newer than {_generation}, which this enclave has seen.");
            }

            (_generation, _holder) = (generation, session);
        }

        session.Enter(mayWrite: hello.Generation is not null);
        return new HelloReply(Limits.Version);
    }

    /// <exception cref="EnclaveRefusedException">When it said no hello, or was fenced.</exception>
    public void Check(SessionRole session)
    {
        RequireHello(session);
        if (session.MayWrite && session != _holder)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.Fenced,
                $"A newer session, of generation {_generation}, holds the write role.");
        }
    }

    public static void RequireHello(SessionRole session)
    {
        if (!session.SaidHello)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.HelloExpected, "A session's first request is hello.");
        }
    }
}
