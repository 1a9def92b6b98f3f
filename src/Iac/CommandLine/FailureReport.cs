using Amazon.Runtime;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.CommandLine;

/// <summary>Tells a person why a run ended early and what it leaves behind.</summary>
internal static class FailureReport
{
    private const string Indent = "       ";

    public static ExitCode Failed(Report report, Account account, Exception e)
    {
        switch (e)
        {
            case IacException refused:
                Explain(report, refused.Message, refused.NextStep);
                Detail(report, refused.InnerException);
                break;
            case IOException or UnauthorizedAccessException:
                Explain(report, e.Message, null);
                Detail(report, e);
                break;
            default:
                Explain(report, $"This is a fault of the tool itself: {e}", "Please report all of this.");
                break;
        }

        if (account.Entries.Count > 0)
        {
            report.Note("Before that, this run did the following, which stays:");
            PrintAccount(report, account);
        }

        return e is IacException { Code: var code } ? code : ExitCode.Failed;
    }

    public static ExitCode Interrupted(Report report, Account account)
    {
        if (account.Entries.Count == 0)
        {
            report.Note("Interrupted. Nothing was created, changed or deleted.");
        }
        else
        {
            report.Note("Interrupted. This run did the following, which stays:");
            PrintAccount(report, account);
        }

        return ExitCode.Failed;
    }

    private static void Explain(Report report, string message, string? nextStep)
    {
        report.Note($"error: {message}");
        if (nextStep is not null)
            report.Note(Indent + nextStep);
    }

    private static void PrintAccount(Report report, Account account)
    {
        foreach (var entry in account.Entries)
            report.Note($"  - {entry}");
    }

    private static void Detail(Report report, Exception? e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            report.Detail($"{Indent}{cause.GetType().Name}: {cause.Message}");
            if (cause is AmazonServiceException aws)
                report.Detail(
                    $"{Indent}HTTP {(int)aws.StatusCode}, code {aws.ErrorCode}, request {aws.RequestId}");
        }
    }
}
