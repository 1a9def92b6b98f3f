using Sequencer.Fuzz;
using SharpFuzz;

// list                 names every target
// seeds TARGET FOLDER  writes the target's seeds
// instrument FILE…     puts AFL's probes into assemblies, in place
// run TARGET           answers afl-fuzz, which gives one input after the other
// replay TARGET FILE…  parses files and tells what came of each
Probes.Prepare();
switch (args)
{
    case ["list"]:
        foreach (var name in FuzzTargets.All.Keys)
            Console.WriteLine(name);
        return 0;
    case ["seeds", var name, var folder] when FuzzTargets.Find(name) is { } target:
        Directory.CreateDirectory(folder);
        for (var i = 0; i < target.Seeds.Count; i++)
            File.WriteAllBytes(Path.Combine(folder, $"seed-{i:00}"), target.Seeds[i]);
        return 0;
    case ["instrument", .. var files]:
        foreach (var file in files)
            Probes.PutInto(file);
        return 0;
    case ["run", var name] when FuzzTargets.Find(name) is { } target:
        Fuzzer.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    case ["replay", var name, .. var files] when FuzzTargets.Find(name) is { } target:
        foreach (var file in files)
            Console.WriteLine($"{file}: {(target.Run(File.ReadAllBytes(file)) ? "accepted" : "refused")}");
        return 0;
    default:
        Console.Error.WriteLine(
            "Say list, seeds TARGET FOLDER, instrument FILE…, run TARGET or replay TARGET FILE…; a TARGET is one of "
            + string.Join(", ", FuzzTargets.All.Keys) + ".");
        return 2;
}
