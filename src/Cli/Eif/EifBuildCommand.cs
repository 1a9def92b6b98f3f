using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequencer.Cli.Terminal;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary><c>sequencer eif build</c>: an image from a kernel, a command line and ramdisks.</summary>
internal static class EifBuildCommand
{
    /// <summary>The time in every image unless another is given: the same parts give the same file.</summary>
    private const string FixedBuildTime = "1970-01-01T00:00:00Z";

    private const string KernelHashField = "KernelSha256";

    private static readonly Option<FileInfo> Kernel = new("--kernel")
    {
        Description = "The kernel, a bzImage for x86_64.",
        Required = true,
    };

    private static readonly Option<string> CommandLine = new("--cmdline")
    {
        Description = "The kernel's command line.",
        Required = true,
    };

    private static readonly Option<FileSystemInfo[]> Ramdisks = new Option<FileSystemInfo[]>("--ramdisk")
    {
        Description = "A folder to pack, or a ready archive; may be given again. PCR1 covers the first of "
            + "them, PCR2 the others.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> Output = new("--output", "-o")
    {
        Description = "The image to write.",
        Required = true,
    };

    private static readonly Option<string> Name = new("--name")
    {
        Description = "The image's name in its metadata.",
        DefaultValueFactory = _ => "sequencer",
    };

    private static readonly Option<string> ImageVersion = new("--image-version")
    {
        Description = "The image's version in its metadata.",
        DefaultValueFactory = _ => ToolVersion,
    };

    private static readonly Option<string> BuildTime = new("--build-time")
    {
        Description = "The build time in the metadata (RFC 3339).",
        DefaultValueFactory = _ => FixedBuildTime,
    };

    private static readonly Option<FileInfo> Metadata = new("--metadata")
    {
        Description = "A JSON object to record in the metadata beside the kernel's hash.",
    };

    private static string ToolVersion => typeof(EifBuildCommand).Assembly.GetName().Version!.ToString(3);

    public static Command Create()
    {
        var command = new Command("build", "Makes an image; the same parts give the same bytes.")
        {
            Kernel, CommandLine, Ramdisks, Output, Name, ImageVersion, BuildTime, Metadata,
        };
        command.SetAction(parse => EifCommands.Run(() => Build(parse)));
        return command;
    }

    private static int Build(ParseResult parse)
    {
        var kernel = InputFile.ReadBytes(parse.GetRequiredValue(Kernel), EifFile.MaxBytes);
        var image = new EifBuilder
        {
            Kernel = kernel,
            CommandLine = parse.GetRequiredValue(CommandLine),
            Metadata = new()
            {
                ImageName = parse.GetRequiredValue(Name),
                ImageVersion = parse.GetRequiredValue(ImageVersion),
                BuildTime = parse.GetRequiredValue(BuildTime),
                BuildTool = "sequencer eif build",
                BuildToolVersion = ToolVersion,
                OperatingSystem = "Linux",
                KernelVersion = KernelImage.Version(kernel),
                CustomMetadata = CustomMetadata(parse.GetValue(Metadata), kernel),
            },
            Ramdisks = [.. parse.GetRequiredValue(Ramdisks).Select(Pack)],
        }.Build();
        OutputFile.Write(parse.GetRequiredValue(Output), image, replace: true);
        parse.InvocationConfiguration.Output.WriteLine(EifDescription.Of(EifFile.Parse(image)).ToJson());
        return ExitCodes.Done;
    }

    private static ReadOnlyMemory<byte> Pack(FileSystemInfo source) => source is FileInfo file
        ? InputFile.ReadBytes(file, EifFile.MaxBytes)
        : Gzip.Compress(CpioArchive.Write(CpioArchive.EntriesOf(source.FullName)));

    private static JsonObject CustomMetadata(FileInfo? file, byte[] kernel)
    {
        var custom = file is null ? [] : ReadObject(file);
        custom[KernelHashField] = Convert.ToHexStringLower(SHA256.HashData(kernel));
        return custom;
    }

    private static JsonObject ReadObject(FileInfo file)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            var json = InputFile.ReadBytes(file);
            if (JsonNode.Parse(json, documentOptions: options) is JsonObject custom)
                return custom;
        }
        catch (JsonException e)
        {
            throw new EifException(EifError.BadMetadata, $"{file.Name} is not JSON: {e.Message}", e);
        }

        throw new EifException(EifError.BadMetadata, $"{file.Name} is JSON, but no object.");
    }
}
