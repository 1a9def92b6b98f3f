using System.Globalization;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>
/// One run: true time, real enclaves, witnesses, and a host that does with them what the seed says. The same
/// seed runs the same.
/// </summary>
internal sealed class RollbackWorld : IDisposable
{
    public const string Plain = Epoch.Prefix + "/plain";
    public const string Sealed = Epoch.Prefix + "/sealed";

    private const int StepsMax = 220;
    private const int PlansMax = 5;
    private const int ClockErrorMsMax = 1_000;
    private const int ClockAheadSeconds = 2;

    private readonly PlantedFault _fault;
    private readonly EnclaveConfiguration _configuration;
    private readonly TlogPolicy _policy;
    private int _boots;

    public RollbackWorld(ulong seed, PlantedFault fault = PlantedFault.None)
    {
        _fault = fault;
        Random = new Random((int)(seed * 2_654_435_761 % int.MaxValue));
        var policies = fault == PlantedFault.DisjointQuorums ? RollbackPolicy.Disjoint : RollbackPolicy.Safe;
        var policy = policies[Random.Next(policies.Count)];
        Witnesses =
        [
            .. policy.Witnesses.Select(name =>
                new RollbackWitness($"{name}", policy.Liars.Contains(name), ClockError())),
        ];
        _policy = policy.Parse(Witnesses);
        var isSafe = policy.AnyTwoQuorumsShareAnHonestWitness(_policy, Witnesses);
        isSafe.Should().Be(fault != PlantedFault.DisjointQuorums, "that is what is assumed");
        // What keeps a disjoint policy out stands in the way here: the demand only names the sealed chain.
        _configuration = Epoch.Configuration with
        {
            Witnesses = WitnessDemand.Parse(
                $"witness a {Witnesses[0].Key}\nquorum a\n", ["sealed"], ClockAheadSeconds),
        };
        Invariants = new RollbackInvariants(
            _policy, [.. Witnesses.Where(witness => witness.IsLiar).Select(witness => witness.Key)], Sealed);
    }

    public Random Random { get; }

    public IReadOnlyList<RollbackWitness> Witnesses { get; }

    public RollbackInvariants Invariants { get; }

    public List<RollbackEnclave> Enclaves { get; } = [];

    /// <summary>True time, in milliseconds since 1970.</summary>
    public long NowMs { get; private set; } = (long)Epoch.Start * 1000;

    /// <summary>What happened, in order.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>How often each kind of thing happened.</summary>
    public Dictionary<string, int> Counts { get; } = [];

    /// <summary>Runs to the end; what was violated, or null.</summary>
    public string? Run()
    {
        var host = new RollbackHost(this);
        var plans = new List<IEnumerator<bool>>();
        try
        {
            for (var step = 0; step < StepsMax; step++)
            {
                Advance(Random.Next(400));
                if (plans.Count < PlansMax && (plans.Count == 0 || Chance(30)))
                    plans.Add(host.NextPlan().GetEnumerator());
                var plan = plans[Random.Next(plans.Count)];
                if (!plan.MoveNext())
                    plans.Remove(plan);
            }

            return null;
        }
        catch (RollbackViolationException violation)
        {
            return violation.Message;
        }
    }

    public bool Chance(int percent) => Random.Next(100) < percent;

    public RollbackEnclave Boot()
    {
        var rule = PlantedRule.For(_fault, _policy, ClockAheadSeconds);
        var enclave = new RollbackEnclave(++_boots, _configuration, rule, ClockError(), NowMs);
        Enclaves.Add(enclave);
        Note("boot", $"e{enclave.Number} boots");
        return enclave;
    }

    public void Crash(RollbackEnclave enclave)
    {
        Enclaves.Remove(enclave);
        enclave.Dispose();
        Note("crash", $"e{enclave.Number} stops");
    }

    public void Advance(long milliseconds)
    {
        NowMs += milliseconds;
        foreach (var enclave in Enclaves)
            enclave.Follow(NowMs, renew: milliseconds > 60_000 || Random.Next(200) == 0);
    }

    public void Note(string kind, string what)
    {
        Counts[kind] = Counts.GetValueOrDefault(kind) + 1;
        Trace.Add(string.Create(CultureInfo.InvariantCulture, $"{NowMs} {what}"));
    }

    public void Dispose()
    {
        foreach (var enclave in Enclaves)
            enclave.Dispose();
        foreach (var witness in Witnesses)
            witness.Dispose();
    }

    private long ClockError() => Random.Next(-ClockErrorMsMax, ClockErrorMsMax + 1);
}
