using System.CommandLine;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.CommandLine;

/// <summary>
/// One run of one command: its settings, its voice, its account and, once asked for, its connection.
/// </summary>
internal sealed class Session(
    ParseResult parse, ResolvedSettings settings, Surroundings surroundings, Report report, Account account,
    SecretsFolder secrets) : IDisposable
{
    private AwsConnection? _aws;

    public ResolvedSettings Settings { get; } = settings;

    public Surroundings Surroundings { get; } = surroundings;

    public Report Report { get; } = report;

    public Account Account { get; } = account;

    public SecretsFolder Secrets { get; } = secrets;

    /// <summary>Opens the connection on first use; throws where region or credentials are missing.</summary>
    public AwsConnection Aws
    {
        get
        {
            if (_aws is null)
            {
                _ = Settings.Require(Configuration.Settings.Region);
                _aws = new AwsConnection(
                    Settings, CredentialSource.Find(Settings, Secrets, Report), Surroundings.Http);
            }

            return _aws;
        }
    }

    public T? Value<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>
    /// Asks before something is destroyed. Without a terminal there is nobody to ask, so --yes must have been
    /// given.
    /// </summary>
    /// <param name="what">Ends the question "Really …?".</param>
    /// <param name="cancellation">Ctrl-C, which is also an answer.</param>
    public async Task ConfirmAsync(string what, CancellationToken cancellation)
    {
        if (parse.GetValue(SharedOptions.Yes))
            return;
        if (!Surroundings.CanAsk)
        {
            throw new IacException(
                ExitCode.Failed,
                $"This would {what}, and there is no terminal to ask on.",
                "Give --yes to do it without being asked.");
        }

        if (!await Report.AskAsync($"Really {what}?", cancellation))
            throw new IacException(ExitCode.Failed, "Not confirmed: nothing was deleted or terminated.");
    }

    public void Dispose() => _aws?.Dispose();
}
