using System.Reflection;

namespace Sequencer.Architecture.Tests;

/// <summary>
/// The build refuses what src/BannedSymbols.txt names, in every project of src/. A name that is nobody's is passed
/// over there in silence, so each is looked up here.
/// </summary>
public class BannedSymbolsTests
{
    [Theory]
    [MemberData(nameof(Sources.Projects), MemberType = typeof(Sources))]
    public void Project_OfSource_HasTheAnalyzer(string project) =>
        Sources.PackagesOf(project).Should().Contain("Microsoft.CodeAnalysis.BannedApiAnalyzers");

    [Fact]
    public void Symbols_Each_IsThereAndHasItsReason()
    {
        foreach (var line in File.ReadLines(Path.Combine(Sources.Folder, "BannedSymbols.txt")))
        {
            line.Split(';').Should().HaveCount(2).And.NotContain("");
            var id = line.Split(';')[0];
            IdsOf(TypeIn(id)).Should().Contain(id);
        }
    }

    private static Type TypeIn(string id)
    {
        var name = id[2..].Split('(')[0];
        var type = id[0] == 'T' ? name : name[..name.LastIndexOf('.')].TrimEnd('.');
        return typeof(object).Assembly.GetType(type, throwOnError: true)!;
    }

    /// <summary>How the compiler names a type, its properties, its constructors and its methods.</summary>
    private static IEnumerable<string> IdsOf(Type type) =>
    [
        $"T:{type}",
        .. type.GetProperties().Select(property => $"P:{type.FullName}.{property.Name}"),
        .. type.GetConstructors().Select(constructor => $"M:{type.FullName}.#ctor{ParametersOf(constructor)}"),
        .. type.GetMethods().Select(method => $"M:{type.FullName}.{method.Name}{ParametersOf(method)}"),
    ];

    private static string ParametersOf(MethodBase method) => method.GetParameters() is { Length: > 0 } parameters
        ? $"({string.Join(',', parameters.Select(parameter => NameOf(parameter.ParameterType)))})"
        : "";

    private static string NameOf(Type type)
    {
        if (!type.IsConstructedGenericType)
            return type.ToString();
        var arguments = string.Join(',', type.GenericTypeArguments.Select(NameOf));
        return $"{type.Namespace}.{type.Name.Split('`')[0]}{{{arguments}}}";
    }
}
