using System.Text.Json.Serialization;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Diagnosis;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Kms;
using Sequencer.Iac.SecurityGroups;
using Sequencer.Iac.Stack;

namespace Sequencer.Iac.Output;

/// <summary>
/// The JSON that scripts read: snake_case, every name always present (null where there is nothing), times in
/// RFC 3339. Names are only ever added.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    WriteIndented = true)]
[JsonSerializable(typeof(ConfigView))]
[JsonSerializable(typeof(DiagnosisView))]
[JsonSerializable(typeof(InstanceListView))]
[JsonSerializable(typeof(InstanceView))]
[JsonSerializable(typeof(KeyDeletionView))]
[JsonSerializable(typeof(KeyListView))]
[JsonSerializable(typeof(KeyPairView))]
[JsonSerializable(typeof(KmsKeyListView))]
[JsonSerializable(typeof(KmsKeyView))]
[JsonSerializable(typeof(SecurityGroupDeletionView))]
[JsonSerializable(typeof(SecurityGroupListView))]
[JsonSerializable(typeof(SecurityGroupView))]
[JsonSerializable(typeof(StackView))]
internal sealed partial class IacJson : JsonSerializerContext;
