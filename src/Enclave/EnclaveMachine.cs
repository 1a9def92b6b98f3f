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
    private readonly WriteRole _role = new();

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
        List<AcceptedImage> acceptable = [.. configuration.Predecessors?.Images ?? []];
        if (_identity.Image is { } own)
            acceptable.Add(new AcceptedImage(own));
        _resumeCheck = new ResumeCheck(root, acceptable.Count == 0 ? null : new AcceptedImages(acceptable));
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
            DescribeRequest => new DescribeReply(
                _identity.Cosigner.Name, _identity.Cosigner.PublicKey, Limits.Version, _identity.Mode,
                _configuration.LogPrefix, WitnessPolicy: "", WitnessedChains: []),
            HeadsRequest heads => new HeadsReply(
                [.. heads.Origins.Where(_chains.ContainsKey).Select(origin => _chains[origin].Head)]),
            _ when !session.MayWrite => throw Refuse(EnclaveRefusalReason.ReadOnlySession,
                "This session did not claim the write role with a generation."),
            CreateRequest create => Create(create),
            ResumeRequest resume => Resume(resume),
            AppendRequest append => Append(append),
            RetireRequest retire => Retire(retire),
            _ => throw Refuse(EnclaveRefusalReason.InvalidRequest, $"No rule for {request.GetType().Name}."),
        };
    }

    private OpenReply Create(CreateRequest create)
    {
        RequireNew(create.Origin);
        return Add(new ChainState(_identity, create.Origin, new CompactRange(), Now(), priorCosigner: null));
    }

    private OpenReply Resume(ResumeRequest resume)
    {
        RequireNew(resume.Origin);
        var now = Now();
        var (range, priorCosigner) = _resumeCheck.Check(resume, now);
        var time = Math.Max(now, resume.Time);
        return Add(new ChainState(_identity, resume.Origin, range, time, priorCosigner));
    }

    private OpenReply Add(ChainState chain)
    {
        _chains.Add(chain.Head.Origin, chain);
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
            return RequireHeld(item.Origin).Append(item, now);
        }
        catch (Exception exception)
        {
            return new AppendResult { Refusal = RefusalFor(exception) };
        }
    }

    private RetireReply Retire(RetireRequest retire)
    {
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
        if (!origin.StartsWith(prefix, StringComparison.Ordinal)
            || !ChainId.TryParse(origin[prefix.Length..], out _))
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
