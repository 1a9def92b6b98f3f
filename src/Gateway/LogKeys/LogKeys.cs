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

        return await KmsCheckpointSigner.CreateAsync(
            Connect(settings.KmsRegion), settings.KmsKey, TimeProvider.System,
            loggers.CreateLogger<KmsCheckpointSigner>());
    }

    /// <param name="region">Empty for the default of the AWS environment.</param>
    private static AmazonKeyManagementServiceClient Connect(string region)
    {
        try
        {
            var configuration = new AmazonKeyManagementServiceConfig();
            if (region.Length > 0)
                configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            return new AmazonKeyManagementServiceClient(configuration);
        }
        catch (Exception unusable) when (unusable is AmazonClientException or AmazonServiceException)
        {
            throw new SettingsException(region.Length > 0
                ? $"log.kms_region is \"{region}\"; expected a region such as us-east-1. {unusable.Message}"
                : $"log.kms_key: {unusable.Message.TrimEnd('.')}. "
                    + "Set log.kms_region, or the region of the AWS environment.");
        }
    }
}
