using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// The trusted state machine: a request of a session in, a reply out. It keeps no transactions, opens no
/// connection and reads no file. Requests that change it run one at a time.
/// </summary>
public sealed class EnclaveMachine : IDisposable
{
    private readonly Lock _lock = new();
    private readonly EnclaveConfiguration _configuration;
    private readonly EnclaveIdentity _identity;
    private readonly ResumeCheck _resumeCheck;
    private readonly Dictionary<string, ChainState> _chains = [];
    private SessionRole? _writer;
    private ulong _generation;

    /// <summary>Boots an epoch: makes its key and has it attested.</summary>
    /// <param name="configuration">The measured configuration.</param>
    /// <param name="nsm">The security module; owned from here on.</param>
    /// <param name="root">The attestation root of prior epochs' documents.</param>
    /// <param name="monotonic">Gives the counter that carries the trusted time on.</param>
    public EnclaveMachine(
        EnclaveConfiguration configuration, INsm nsm, TrustedRoot root, TimeProvider monotonic)
    {
        _configuration = configuration;
        var clock = new TrustedClock(monotonic, TimeSpan.FromSeconds(configuration.AnchorAgeMaxSeconds));
        var mode = root.IsSimulated ? EnclaveMode.Simulated : EnclaveMode.Nitro;
        _identity = new EnclaveIdentity(nsm, mode, configuration.LogPrefix, clock);
        _resumeCheck = new ResumeCheck(root, new AcceptedImages(
            [new AcceptedImage(_identity.Image), .. configuration.Predecessors?.Images ?? []]));
    }

    /// <summary>The epoch's key, as a cosigner of checkpoints.</summary>
    public VerifierKey Cosigner => _identity.Cosigner;

    /// <summary>Opens a session; it has no role until it says hello.</summary>
    public static SessionRole OpenSession() => new();

    /// <summary>
    /// Anchors the clock anew and renews the attestation document. Called on the configured schedule.
    /// </summary>
    public void Renew() => _identity.Renew();

    /// <summary>Answers one request.</summary>
    public EnclaveReply Execute(SessionRole session, EnclaveRequest request)
    {
        try
        {
            // Attestation asks the NSM, which may be slow: it must not hold up signing.
            if (request is AttestRequest attest)
            {
                RequireHello(session);
                return new AttestReply(attest.Nonce is { } nonce ? _identity.Attest(nonce) : _identity.Document);
            }

            lock (_lock)
                return Dispatch(session, request);
        }
        catch (EnclaveRefusedException exception)
        {
            return new RefusedReply(exception.Refusal);
        }
        catch (NsmException exception)
        {
            return new RefusedReply(new EnclaveRefusal(EnclaveRefusalReason.NsmFailed, exception.Message));
        }
    }

    public void Dispose() => _identity.Dispose();

    private EnclaveReply Dispatch(SessionRole session, EnclaveRequest request)
    {
        if (request is HelloRequest hello)
            return Hello(session, hello);
        RequireHello(session);
        return request switch
        {
            DescribeRequest => new DescribeReply(
                _identity.Cosigner.Name, _identity.Cosigner.PublicKey, Limits.Version, _identity.Mode,
                _configuration.LogPrefix),
            HeadsRequest heads => new HeadsReply(
                [.. heads.Origins.Where(_chains.ContainsKey).Select(origin => _chains[origin].Head)]),
            CreateRequest create => Create(session, create),
            ResumeRequest resume => Resume(session, resume),
            AppendRequest append => Append(session, append),
            RetireRequest retire => Retire(session, retire),
            _ => throw Refuse(EnclaveRefusalReason.InvalidRequest, $"No rule for {request.GetType().Name}."),
        };
    }

    private HelloReply Hello(SessionRole session, HelloRequest hello)
    {
        if (session.SaidHello)
            throw Refuse(EnclaveRefusalReason.HelloExpected, "This session has said hello already.");
        if (Limits.Version < hello.VersionMin || Limits.Version > hello.VersionMax)
        {
            throw Refuse(EnclaveRefusalReason.Version,
                $"This enclave speaks version {Limits.Version}, the core {hello.VersionMin} to {hello.VersionMax}.");
        }

        if (hello.Generation is { } generation)
        {
            if (generation <= _generation)
            {
                throw Refuse(EnclaveRefusalReason.Fenced,
                    $"Generation {generation} is not newer than {_generation}, which this enclave has seen.");
            }

            _generation = generation;
            _writer = session;
        }

        session.Enter(mayWrite: hello.Generation is not null);
        return new HelloReply(Limits.Version);
    }

    private OpenReply Create(SessionRole session, CreateRequest create)
    {
        RequireWriter(session);
        RequireNew(create.Origin);
        var chain = new ChainState(_identity, create.Origin, new CompactRange(), Now());
        _chains.Add(create.Origin, chain);
        return new OpenReply(chain.Head, Handover: null);
    }

    private OpenReply Resume(SessionRole session, ResumeRequest resume)
    {
        RequireWriter(session);
        RequireNew(resume.Origin);
        var now = Now();
        var prior = _resumeCheck.Check(resume, now);
        var chain = new ChainState(_identity, resume.Origin, prior.Range, Math.Max(now, resume.Time));
        var handover = _identity.Sign(new Handover(
            prior.Checkpoint, prior.Cosigner, _identity.Cosigner, chain.Head.Time));
        _chains.Add(resume.Origin, chain);
        return new OpenReply(chain.Head, handover);
    }

    private AppendReply Append(SessionRole session, AppendRequest append)
    {
        RequireWriter(session);
        var now = Now();
        return new AppendReply([.. append.Items.Select(item => AppendOne(item, now))]);
    }

    private AppendResult AppendOne(AppendItem item, ulong now)
    {
        try
        {
            if (item.Leaves.IsEmpty)
                throw Refuse(EnclaveRefusalReason.InvalidRequest, "An append needs at least one leaf hash.");
            return RequireHeld(item.Origin).Append(item, now);
        }
        catch (EnclaveRefusedException exception)
        {
            return new AppendResult { Refusal = exception.Refusal };
        }
    }

    private RetireReply Retire(SessionRole session, RetireRequest retire)
    {
        RequireWriter(session);
        RequireHeld(retire.Origin).Retired = true;
        return new RetireReply();
    }

    private ChainState RequireHeld(string origin)
    {
        if (!_chains.TryGetValue(origin, out var chain))
            throw Refuse(EnclaveRefusalReason.UnknownOrigin, $"{origin} is not held in this epoch.");
        return chain.Retired
            ? throw Refuse(EnclaveRefusalReason.Retired, $"{origin} was retired in this epoch.")
            : chain;
    }

    private void RequireNew(string origin)
    {
        var prefix = _configuration.LogPrefix + "/";
        if (!origin.StartsWith(prefix, StringComparison.Ordinal) || !ChainId.TryParse(origin[prefix.Length..], out _))
        {
            throw Refuse(EnclaveRefusalReason.OriginNotAllowed,
                $"{origin} is not {prefix} followed by a chain id.");
        }

        if (_chains.ContainsKey(origin))
            throw Refuse(EnclaveRefusalReason.AlreadyHeld, $"{origin} is held already in this epoch.");
        if (_chains.Count >= _configuration.ChainsMax)
        {
            throw Refuse(EnclaveRefusalReason.ChainsFull,
                $"This enclave holds {_chains.Count} chains, its limit.");
        }
    }

    private static void RequireHello(SessionRole session)
    {
        if (!session.SaidHello)
            throw Refuse(EnclaveRefusalReason.HelloExpected, "A session's first request is hello.");
    }

    private void RequireWriter(SessionRole session)
    {
        if (!session.MayWrite)
        {
            throw Refuse(EnclaveRefusalReason.ReadOnlySession,
                "This session did not claim the write role with a generation.");
        }

        if (session != _writer)
        {
            throw Refuse(EnclaveRefusalReason.Fenced,
                $"A newer session, of generation {_generation}, holds the write role.");
        }
    }

    private ulong Now() => _identity.Clock.Seconds() ?? throw Refuse(
        EnclaveRefusalReason.ClockStale,
        $"The trusted clock was last anchored more than {_configuration.AnchorAgeMaxSeconds} s ago.");

    private static EnclaveRefusedException Refuse(EnclaveRefusalReason reason, string detail) =>
        new(new EnclaveRefusal(reason, detail));
}
