namespace Sequencer.Iac.LiveTests;

/// <summary>
/// What should be in AWS and on disk, and what each command should answer. Two names of each kind make
/// collisions frequent. A group in use is never deleted: the emulator would allow what AWS refuses.
/// </summary>
internal sealed class Model(Workspace work)
{
    private static readonly string[] Addresses = ["203.0.113.7", "198.51.100.9"];

    public SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys whose private key is on disk.</summary>
    public SortedSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Group to the source of its SSH rule.</summary>
    public SortedDictionary<string, string> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Instance to "state key group".</summary>
    public SortedDictionary<string, string> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary>A random command line, carried out in the model, with the exit code it should have.</summary>
    public (string Line, int ExitCode) Next(Random random)
    {
        while (true)
        {
            var key = $"{work.Prefix}-key{random.Next(2)}";
            var group = $"{work.Prefix}-group{random.Next(2)}";
            var instance = $"{work.Prefix}-instance{random.Next(2)}";
            var address = Addresses[random.Next(Addresses.Length)];
            var names = $"--key-name {key} --security-group {group} --instance-name {instance}";
            switch (random.Next(13))
            {
                case 0 or 1:
                    return ($"key create --key-name {key}", CreateKey(key));
                case 2:
                    return ($"key delete --yes --key-name {key}", DeleteKey(key));
                case 3 or 4:
                    return (
                        $"security-group create --security-group {group} --ssh-cidr {address}",
                        CreateGroup(group, address));
                case 5 when !IsUsed(group, except: null):
                    return (
                        $"security-group delete --yes --security-group {group}",
                        Groups.Remove(group) ? 0 : 3);
                case 6:
                    return ($"instance create {names}", CreateInstance(instance, key, group));
                case 7:
                    return ($"instance stop --instance-name {instance}", Move(instance, "stopped"));
                case 8:
                    return ($"instance start --instance-name {instance}", Move(instance, "running"));
                case 9:
                    return (
                        $"instance terminate --yes --instance-name {instance}",
                        Instances.Remove(instance) ? 0 : 3);
                case 10 when Files.Contains(key):
                    Files.Remove(key);
                    return ($"rm secrets/{key}.pem", 0);
                case 11:
                    return ($"up {names} --ssh-cidr {address}", Up(key, group, instance, address));
                case 12 when !IsUsed(group, except: instance):
                    return ($"down --yes {names}", Down(key, group, instance));
            }
        }
    }

    private int CreateKey(string key)
    {
        if (Files.Contains(key) || Keys.Contains(key))
            return 4;
        Keys.Add(key);
        Files.Add(key);
        return 0;
    }

    private int DeleteKey(string key)
    {
        if (!Keys.Contains(key))
            return 3;
        if (Files.Contains(key) && HasUser(key))
            return 1;
        Keys.Remove(key);
        Files.Remove(key);
        return 0;
    }

    private int CreateGroup(string group, string address) => Groups.TryAdd(group, address + "/32") ? 0 : 4;

    private int CreateInstance(string instance, string key, string group)
    {
        if (Instances.ContainsKey(instance))
            return 4;
        if (!Keys.Contains(key) || !Groups.ContainsKey(group))
            return 3;
        Instances[instance] = $"running {key} {group}";
        return 0;
    }

    private int Move(string instance, string state)
    {
        if (!Instances.TryGetValue(instance, out var shown))
            return 3;
        Instances[instance] = $"{state}{shown[shown.IndexOf(' ')..]}";
        return 0;
    }

    private int Up(string key, string group, string instance, string address)
    {
        // An instance that is not as wanted is refused before anything is made or changed.
        var isThere = Instances.TryGetValue(instance, out var shown);
        if (isThere && !shown!.EndsWith($" {key} {group}", StringComparison.Ordinal))
            return 1;
        if (Keys.Contains(key) && !Files.Contains(key))
            return 1;
        if (!Keys.Contains(key))
        {
            if (isThere)
                return 1;
            if (CreateKey(key) is var code and not 0)
                return code;
        }

        Groups[group] = address + "/32";
        return isThere ? Move(instance, "running") : CreateInstance(instance, key, group);
    }

    private int Down(string key, string group, string instance)
    {
        Instances.Remove(instance);
        Groups.Remove(group);
        if (!HasUser(key))
            DeleteKey(key);
        return 0;
    }

    private bool HasUser(string key) =>
        Instances.Values.Any(shown => shown.Contains($" {key} ", StringComparison.Ordinal));

    private bool IsUsed(string group, string? except) =>
        Instances.Any(
            pair => pair.Key != except && pair.Value.EndsWith($" {group}", StringComparison.Ordinal));
}
