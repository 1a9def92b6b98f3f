using System.Globalization;

namespace Sequencer.Iac.Instances;

/// <summary>
/// The script that Amazon Linux 2023 runs at the first boot: it installs nitro-cli and starts the allocator
/// while memory is still unfragmented. The allocator's file is read by a simple parser that wants the "---"
/// line and one of cpu_count or cpu_pool.
/// </summary>
internal static class UserData
{
    public static string ForNitro(int memoryMib, int cpuCount) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        #!/bin/bash
        # Written by the sequencer's iac: nitro-cli and the enclave allocator.
        set -euxo pipefail
        dnf install -y aws-nitro-enclaves-cli
        usermod -aG ne ec2-user
        mkdir -p /etc/nitro_enclaves
        cat > /etc/nitro_enclaves/allocator.yaml <<'YAML'
        ---
        memory_mib: {{memoryMib}}
        cpu_count: {{cpuCount}}
        YAML
        systemctl enable --now nitro-enclaves-allocator.service

        """);
}
