using System.Text;

namespace Sequencer.Witness.Tests;

/// <summary>
/// A folder as a file system treats it: what programs see at once, and what a crash leaves. Each write can be
/// made to fail once, with or without its effect. A crash keeps some of the renames that were not synced, as
/// chance has it. Safe for concurrent use.
/// </summary>
internal sealed class SimulatedDisk : IStateFiles
{
    private readonly Lock _lock = new();
    private readonly List<string> _unsynced = [];
    private Dictionary<string, byte[]> _seen = [];
    private Dictionary<string, byte[]> _durable = [];
    private int _writes;

    /// <summary>Which write fails, counted from 0; none when negative.</summary>
    public int FailingWrite { get; set; } = -1;

    public DiskFault Fault { get; set; }

    /// <summary>How many writes there were: of files, renames and folder syncs.</summary>
    public int Writes => _writes;

    public bool HasFailed { get; private set; }

    public IReadOnlyList<string> List()
    {
        lock (_lock)
            return [.. _seen.Keys];
    }

    public byte[]? Read(string name)
    {
        lock (_lock)
            return _seen.GetValueOrDefault(name);
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var copy = bytes.ToArray();
            switch (NextFault())
            {
                case DiskFault.Lost:
                    throw Failed();
                case DiskFault.Torn:
                    _seen[name] = _durable[name] = copy[..(copy.Length / 2)];
                    throw Failed();
                case DiskFault.Persisted:
                    _seen[name] = _durable[name] = copy;
                    throw Failed();
                default:
                    _seen[name] = _durable[name] = copy;
                    break;
            }
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            var fault = NextFault();
            if (fault is DiskFault.None or DiskFault.Persisted)
            {
                _seen[to] = _seen[from];
                _seen.Remove(from);
                _unsynced.Add(to);
            }

            if (fault != DiskFault.None)
                throw Failed();
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            _seen.Remove(name);
            _durable.Remove(name);
        }
    }

    public void SyncFolder()
    {
        lock (_lock)
        {
            var fault = NextFault();
            if (fault is DiskFault.None or DiskFault.Persisted)
            {
                foreach (var name in _unsynced)
                    _durable[name] = _seen[name];
                _unsynced.Clear();
            }

            if (fault != DiskFault.None)
                throw Failed();
        }
    }

    /// <summary>The machine loses power: of renames that were not synced, those that chance keeps.</summary>
    public void Crash(Random chance)
    {
        lock (_lock)
        {
            foreach (var name in _unsynced.Where(_ => chance.Next(2) == 0))
                _durable[name] = _seen[name];
            _unsynced.Clear();
            _seen = new(_durable);
            _durable = new(_durable);
            FailingWrite = -1;
        }
    }

    /// <summary>Changes one byte of a file for good.</summary>
    public void Flip(string name, int at)
    {
        lock (_lock)
        {
            var bytes = (byte[])_seen[name].Clone();
            bytes[at] ^= 1;
            _seen[name] = _durable[name] = bytes;
        }
    }

    public override string ToString() => string.Join('\n', _seen.Select(
        pair => $"{pair.Key}: {Encoding.UTF8.GetString(pair.Value)}"));

    private DiskFault NextFault()
    {
        if (_writes++ != FailingWrite)
            return DiskFault.None;
        HasFailed = true;
        return Fault;
    }

    private static IOException Failed() => new("The disk failed, as the test asked.");
}
