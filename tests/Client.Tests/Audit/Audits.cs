using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Audit;

/// <summary>Carries out audits of test logs.</summary>
internal static class Audits
{
    public static Task<AuditReport> AuditAsync(
        TestLog log, StaticGateway gateway, Action<LogAuditOptions>? configure = null,
        EnclaveVerifier? enclaves = null)
    {
        var options = new LogAuditOptions { Policy = log.Policy };
        configure?.Invoke(options);
        _ = ChainId.TryParse(TestLog.Chain, out var chain);
        return new LogAuditor(gateway.Connect(), enclaves ?? log.Enclaves, options).AuditAsync(chain);
    }

    /// <summary>The first finding by a rule, of a log that is not sound.</summary>
    public static AuditFinding Found(AuditReport report, AuditRule rule)
    {
        report.IsSound.Should().BeFalse();
        return report.Findings.First(finding => finding.Rule == rule);
    }
}
