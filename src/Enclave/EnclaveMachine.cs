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
    private readonly IWitnessRule? _witnesses;
    private readonly Openings _openings;
    private readonly ChainTable _chains;
    private readonly WriteRole _role = new();

    /// <summary>Boots an epoch: makes its key and has it attested.</summary>
    /// <param name="configuration">The measured configuration.</param>
    /// <param name="nsm">The security module; owned from here on.</param>
    /// <param name="root">The attestation root of prior epochs' documents.</param>
    /// <param name="monotonic">Gives the counter that carries the trusted time on.</param>
    public EnclaveMachine(
        EnclaveConfiguration configuration, INsm nsm, TrustedRoot root, TimeProvider monotonic)
        : this(configuration, nsm, root, monotonic, WitnessRule.For(configuration.Witnesses))
    {
    }

    /// <summary>Boots an epoch under another rule for witnesses than the configuration's.</summary>
    internal EnclaveMachine(
        EnclaveConfiguration configuration, INsm nsm, TrustedRoot root, TimeProvider monotonic,
        IWitnessRule? witnesses)
    {
        _configuration = configuration;
        _chains = new ChainTable(configuration.LogPrefix, configuration.ChainsMax);
        _witnesses = witnesses;
        _openings = new Openings(witnesses, configuration.ChainsMax);
        var clock = new TrustedClock(monotonic, TimeSpan.FromSeconds(configuration.AnchorAgeMaxSeconds));
        var mode = root.IsSimulated ? EnclaveMode.Simulated : EnclaveMode.Nitro;
        _identity = new EnclaveIdentity(nsm, mode, configuration.LogPrefix, clock);
        var acceptable = _identity.Image is { } own
            ? new AcceptedImages([.. configuration.Predecessors?.Images ?? [], new AcceptedImage(own)])
            : null;
        _resumeCheck = new ResumeCheck(root, acceptable);
    }

    /// <summary>The epoch's key, as a cosigner of checkpoints.</summary>
    public VerifierKey Cosigner => _identity.Cosigner;

    /// <summary>Whether nothing was measured, so that no verifier accepts what this epoch signs.</summary>
    public bool IsDebug => _identity.Image is null;

    /// <summary>Opens a session; it has no role until it says hello.</summary>
    public static SessionRole OpenSession() => new();

    /// <summary>
    /// Anchors the clock anew and renews the attestation document. Called on the configured schedule.
    /// </summary>
    /// <exception cref="NsmException">
    /// When the NSM does not answer as it should; signing goes on by the old anchor until that is too old.
    /// </exception>
    public void Renew() => _identity.Renew();

    /// <summary>Answers one request; what goes wrong is answered by a refusal, never thrown.</summary>
    public EnclaveReply Execute(SessionRole session, EnclaveRequest request)
    {
        try
        {
            // Attestation asks the NSM, which may be slow: it must not hold up signing.
            if (request is AttestRequest attest)
            {
                WriteRole.RequireHello(session);
                return new AttestReply(
                    attest.Nonce is null ? _identity.Document : _identity.Attest(attest.Nonce));
            }

            lock (_lock)
                return Dispatch(session, request);
        }
        catch (Exception exception)
        {
            return new RefusedReply(RefusalFor(exception));
        }
    }

    public void Dispose() => _identity.Dispose();

    private EnclaveReply Dispatch(SessionRole session, EnclaveRequest request)
    {
        if (request is HelloRequest hello)
            return _role.Hello(session, hello);
        _role.Check(session);
        return request switch
        {
            DescribeRequest => Describe(),
            HeadsRequest heads => Heads(heads),
            _ when !session.MayWrite => throw Refuse(EnclaveRefusalReason.ReadOnlySession,
                "This session did not claim the write role with a generation."),
            BeginOpenRequest begin => BeginOpen(begin),
            CreateRequest create => Create(create),
            ResumeRequest resume => Resume(resume),
            AppendRequest append => Append(append),
            SealRequest seal => new SealReply(_chains.RequireHeld(seal.Origin).Seal(seal, _witnesses, Now())),
            RetireRequest retire => Retire(retire),
            _ => throw Refuse(EnclaveRefusalReason.InvalidRequest, $"No rule for {request.GetType().Name}."),
        };
    }

    private DescribeReply Describe() => new(
        _identity.Cosigner.Name, _identity.Cosigner.PublicKey, Limits.Version, _identity.Mode,
        _configuration.LogPrefix, _configuration.Witnesses?.PolicyText ?? "",
        _configuration.Witnesses?.WitnessedChains ?? []);

    private HeadsReply Heads(HeadsRequest request)
    {
        var heads = new List<Head>();
        foreach (var origin in request.Origins)
        {
            if (_chains.TryGet(origin, out var chain))
                heads.Add(chain.Head);
        }

        return new HeadsReply(heads);
    }

    private BeginOpenReply BeginOpen(BeginOpenRequest begin)
    {
        _chains.RequireNew(begin.Origin);
        return _openings.Begin(begin.Origin, Now());
    }

    private OpenReply Create(CreateRequest create)
    {
        var id = _chains.RequireNew(create.Origin);
        var now = Now();
        var start = new Checkpoint(create.Origin, 0, MerkleHash.Empty);
        _openings.Check(start, create.WitnessLines, now);
        return Open(new ChainState(
            _identity, start, new CompactRange(), now, priorCosigner: null, IsWitnessed(id)));
    }

    private OpenReply Resume(ResumeRequest resume)
    {
        var id = _chains.RequireNew(resume.Origin);
        var now = Now();
        var (start, range, priorCosigner) = _resumeCheck.Check(resume, now);
        _openings.Check(start, resume.WitnessLines, now);
        var time = Math.Max(now, resume.Time);
        return Open(new ChainState(_identity, start, range, time, priorCosigner, IsWitnessed(id)));
    }

    private bool IsWitnessed(ChainId id) => _configuration.Witnesses?.IsWitnessed(id.Value) ?? false;

    private OpenReply Open(ChainState chain)
    {
        _chains.Add(chain);
        _openings.Complete(chain.Head.Origin);
        return new OpenReply(chain.Head);
    }

    private AppendReply Append(AppendRequest append)
    {
        // A second item of a chain would leave no way to ask for the first one's answer again.
        if (append.Items.DistinctBy(item => item.Origin).Count() != append.Items.Count)
            throw Refuse(EnclaveRefusalReason.InvalidRequest, "Two items of this append are of one chain.");
        var now = Now();
        return new AppendReply([.. append.Items.Select(item => AppendOne(item, now))]);
    }

    private AppendResult AppendOne(in AppendItem item, ulong now)
    {
        try
        {
            return _chains.RequireHeld(item.Origin).Append(item, now);
        }
        catch (Exception exception)
        {
            return new AppendResult { Refusal = RefusalFor(exception) };
        }
    }

    private RetireReply Retire(RetireRequest retire)
    {
        _chains.RequireHeld(retire.Origin).Retired = true;
        return new RetireReply();
    }

    private ulong Now() => _identity.Clock.Seconds() ?? throw Refuse(
        EnclaveRefusalReason.ClockStale,
        $"The trusted clock was last anchored more than {_configuration.AnchorAgeMaxSeconds} s ago.");

    private static EnclaveRefusedException Refuse(EnclaveRefusalReason reason, string detail) =>
        new(reason, detail);

    private static EnclaveRefusal RefusalFor(Exception exception) => exception switch
    {
        EnclaveRefusedException refused => refused.Refusal,
        NsmException => new EnclaveRefusal(EnclaveRefusalReason.NsmFailed, exception.Message),
        _ => new EnclaveRefusal(
            EnclaveRefusalReason.Internal, $"{exception.GetType().Name}: {exception.Message}"),
    };
}
