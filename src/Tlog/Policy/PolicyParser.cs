namespace Sequencer.Tlog;

/// <summary>Reads one tlog-policy text, line by line; used once.</summary>
internal sealed class PolicyParser
{
    /// <summary>The predefined name: no cosignature is needed.</summary>
    public const string None = "none";

    private readonly List<PolicyLog> _logs = [];
    private readonly List<PolicyWitness> _witnesses = [];
    private readonly Dictionary<string, QuorumNode> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly HashSet<Hash> _logKeys = [];
    private readonly HashSet<Hash> _witnessKeys = [];
    private int _groups;
    private int _line;
    private bool _hasQuorum;
    private QuorumNode? _quorum;

    public TlogPolicy Parse(string text)
    {
        if (text.Length > TlogPolicy.MaxLength)
        {
            throw new TlogException(TlogError.TooLarge,
                $"A policy is at most {TlogPolicy.MaxLength} characters; this one has {text.Length}.");
        }

        StrictText.ByteCount(text, "The policy");
        foreach (var line in text.Split('\n'))
        {
            _line++;
            CheckCharacters(line);
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && !words[0].StartsWith('#'))
                ParseLine(words);
        }

        if (!_hasQuorum)
            throw Refused(TlogError.MalformedPolicy, "a line 'quorum <name>' or 'quorum none' is missing");
        return new TlogPolicy(_logs.AsReadOnly(), _witnesses.AsReadOnly(), _quorum);
    }

    private void ParseLine(string[] words)
    {
        switch (words[0])
        {
            case "log" when words.Length is 2 or 3:
                AddLog(words[1], words.ElementAtOrDefault(2));
                break;
            case "witness" when words.Length is 3 or 4:
                AddWitness(words[1], words[2], words.ElementAtOrDefault(3));
                break;
            case "group" when words.Length >= 4:
                AddGroup(words[1], words[2], words.AsSpan(3));
                break;
            case "quorum" when words.Length == 2:
                SetQuorum(words[1]);
                break;
            default:
                throw Refused(TlogError.MalformedPolicy,
                    "expected 'log <vkey> [url]', 'witness <name> <vkey> [url]', "
                    + "'group <name> all|any|<k> <member>...' or 'quorum <name>|none'");
        }
    }

    private void AddLog(string vkey, string? url)
    {
        var key = ParseKey(vkey, SignatureType.Ed25519, _logKeys, "log");
        Limit(_logs.Count, "logs");
        _logs.Add(new PolicyLog(key, url));
    }

    private void AddWitness(string name, string vkey, string? url)
    {
        var key = ParseKey(vkey, SignatureType.CosignatureEd25519, _witnessKeys, "witness");
        Limit(_witnesses.Count, "witnesses");
        var witness = new PolicyWitness(name, key, url);
        Define(new QuorumNode.Witness(witness));
        _witnesses.Add(witness);
    }

    private void AddGroup(string name, string threshold, ReadOnlySpan<string> memberNames)
    {
        Limit(_groups++, "groups");
        var members = new List<QuorumNode>();
        foreach (var member in memberNames)
        {
            members.Add(Resolve(member));
            if (!_members.Add(member))
                throw Refused(TlogError.DuplicateInPolicy, $"'{member}' is a member of a group already");
        }

        Define(new QuorumNode.Group(name, ParseThreshold(threshold, members.Count), members));
    }

    private void SetQuorum(string name)
    {
        if (_hasQuorum)
            throw Refused(TlogError.DuplicateInPolicy, "there must be exactly one quorum line");
        _hasQuorum = true;
        _quorum = name == None ? null : Resolve(name);
    }

    private int ParseThreshold(string text, int members)
    {
        if (text == "any")
            return 1;
        if (text == "all")
            return members;
        return StrictText.TryDecimal(text, (ulong)members, out var k) && k > 0
            ? (int)k
            : throw Refused(TlogError.MalformedPolicy,
                $"the threshold '{text}' must be 'any', 'all' or a number from 1 to {members}");
    }

    private VerifierKey ParseKey(string vkey, SignatureType type, HashSet<Hash> seen, string kind)
    {
        VerifierKey key;
        try
        {
            key = VerifierKey.Parse(vkey);
        }
        catch (TlogException e)
        {
            throw new TlogException(e.Reason, $"Line {_line} of the policy: {e.Message}", e);
        }

        if (key.Type != type)
        {
            throw Refused(TlogError.UnsupportedKeyType,
                $"the key of a {kind} must be of type 0x{(byte)type:x2}, not 0x{(byte)key.Type:x2}");
        }

        // Two keys are duplicates when the public key is the same, whatever their names.
        return seen.Add(Hash.Read(key.PublicKey.Span))
            ? key
            : throw Refused(TlogError.DuplicateInPolicy,
                $"the public key of this {kind} was given on an earlier line");
    }

    private void Define(QuorumNode node)
    {
        if (node.Name == None || !_names.TryAdd(node.Name, node))
            throw Refused(TlogError.DuplicateInPolicy, $"the name '{node.Name}' is defined already");
    }

    private QuorumNode Resolve(string name) =>
        _names.TryGetValue(name, out var node)
            ? node
            : throw Refused(TlogError.UnknownNameInPolicy,
                $"'{name}' is not a witness or group defined on an earlier line");

    private void CheckCharacters(string line)
    {
        foreach (var c in line)
        {
            if (c is < ' ' and not '\t' or '\x7f')
            {
                var hint = c == '\r' ? StrictText.LineEndsHint : "";
                throw Refused(TlogError.ControlCharacter,
                    $"the control character U+{(int)c:X4} is not allowed{hint}");
            }
        }
    }

    private void Limit(int count, string what)
    {
        const int max = TlogPolicy.MaxPerKind;
        if (count >= max)
            throw Refused(TlogError.PolicyTooComplex, $"at most {max} {what} are supported");
    }

    private TlogException Refused(TlogError reason, string why) =>
        new(reason, $"Line {_line} of the policy: {why}.");
}
