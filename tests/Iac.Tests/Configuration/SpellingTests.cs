using Sequencer.Iac.Configuration;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("lst", " (did you mean 'list'?)")]
    [InlineData("craete", " (did you mean 'create'?)")]
    [InlineData("delete", " (did you mean 'delete'?)")]
    [InlineData("unrelated", "")]
    public void Suggest_Word_NamesACloseOneOnly(string word, string suggestion) =>
        Spelling.Suggest(word, ["create", "list", "delete"]).Should().Be(suggestion);
}
