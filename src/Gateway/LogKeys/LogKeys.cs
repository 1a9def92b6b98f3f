using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Opens the operator's log key where the settings say it is.</summary>
internal static class LogKeys
{
    public static async Task<ICheckpointSigner> OpenAsync(LogSettings settings, ILoggerFactory loggers)
    {
        if (settings.KmsKey.Length == 0)
        {
            using var key = settings.ReadKey();
            return new KeyFileSigner(key.CreateSigner());
        }

        var configuration = new AmazonKeyManagementServiceConfig();
        if (settings.KmsRegion.Length > 0)
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.KmsRegion);
        return await KmsCheckpointSigner.CreateAsync(
            Connect(configuration), settings.KmsKey, TimeProvider.System,
            loggers.CreateLogger<KmsCheckpointSigner>());
    }

    private static AmazonKeyManagementServiceClient Connect(AmazonKeyManagementServiceConfig configuration)
    {
        try
        {
            return new AmazonKeyManagementServiceClient(configuration);
        }
        catch (Exception unusable) when (unusable is AmazonClientException or AmazonServiceException)
        {
            throw new SettingsException(
                $"log.kms_key: {unusable.Message.TrimEnd('.')}. "
                + "Set log.kms_region, or the region of the AWS environment.");
        }
    }
}
