using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>A chain's short name inside one ledger.</summary>
public readonly record struct ChainNumber(uint Value);

/// <summary>Under which name and key all chains of a ledger are published.</summary>
/// <param name="Prefix">What the origin of every chain begins with.</param>
/// <param name="PublicKey">The operator's Ed25519 public key, 32 bytes.</param>
public sealed record LogRecord(string Prefix, ReadOnlyMemory<byte> PublicKey);

/// <summary>A chain and what was fixed when it was created.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number in this ledger, from 1.</param>
/// <param name="Unique">Whether the same bytes keep their first index.</param>
public sealed record ChainRecord(ChainId Id, ChainNumber Number, bool Unique);

/// <summary>Consecutive entries of one chain: the write-ahead record and the entry store in one.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="FirstIndex">Index of the first entry.</param>
/// <param name="Entries">The entries' bytes, in order.</param>
/// <param name="Leaves">The entries' leaf hashes.</param>
public sealed record EntriesRecord(
    ChainNumber Chain,
    ulong FirstIndex,
    IReadOnlyList<ReadOnlyMemory<byte>> Entries,
    ReadOnlyMemory<Hash> Leaves);

/// <summary>One entry, as it is read.</summary>
/// <param name="Data">The entry's bytes.</param>
/// <param name="Part">The part of its level 0 tile that has its leaf hash, as the entries' writer had it, where that is
/// stored beside the entry; else null.</param>
public readonly record struct StoredEntry(byte[] Data, TilePart? Part);

/// <summary>What an idempotency key was used for.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="KeyDigest">SHA-256 of the key.</param>
/// <param name="FirstIndex">Index of the first entry.</param>
/// <param name="Count">Number of entries.</param>
/// <param name="ContentDigest">SHA-256 over the entries' leaf hashes in order.</param>
/// <param name="ExpiresAt">When the key may be used anew, in seconds since 1970.</param>
public sealed record KeyRecord(
    ChainNumber Chain, Hash KeyDigest, ulong FirstIndex, int Count, Hash ContentDigest, ulong ExpiresAt);

/// <summary>Where a leaf hash stands first in a chain of unique entries.</summary>
public sealed record LeafRecord(ChainNumber Chain, Hash Leaf, ulong Index);

/// <summary>A signed checkpoint.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Time">Time of the enclave's cosignature, in seconds since 1970.</param>
/// <param name="Cosignature">The enclave's Ed25519 signature; 64 bytes.</param>
/// <param name="Epoch">Number of the epoch that cosigned.</param>
/// <param name="Note">The signed note, UTF-8.</param>
public sealed record CheckpointRecord(
    ChainNumber Chain,
    ulong Size,
    Hash Root,
    ulong Time,
    ReadOnlyMemory<byte> Cosignature,
    uint Epoch,
    ReadOnlyMemory<byte> Note);

/// <summary>The last checkpoint that an epoch proposed for a sealed chain, whether sealed since or
/// not.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Signature">The epoch's Ed25519 signature of the note's text (type 0x01); 64 bytes.</param>
/// <param name="Epoch">Number of the epoch.</param>
public sealed record ProposalRecord(
    ChainNumber Chain, ulong Size, Hash Root, ReadOnlyMemory<byte> Signature, uint Epoch);

/// <summary>A full tile with its interior nodes (see <see cref="TileNodes"/>).</summary>
public sealed record TileRecord(ChainNumber Chain, int Level, ulong Index, ReadOnlyMemory<byte> Nodes);

/// <summary>One epoch: one boot of one enclave.</summary>
/// <param name="Number">Its number in this ledger, from 1.</param>
/// <param name="CosignerKey">Its verifier key (vkey text, type 0x04).</param>
/// <param name="Document">The attestation document that binds the key.</param>
public sealed record EpochRecord(uint Number, string CosignerKey, ReadOnlyMemory<byte> Document);

/// <summary>An epoch's part in one chain.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="StartSize">Size from which the epoch went on.</param>
/// <param name="Epoch">The epoch's number.</param>
/// <param name="Handover">The signed handover note, null where the epoch created the chain.</param>
public sealed record ChainEpochRecord(ChainNumber Chain, ulong StartSize, uint Epoch, string? Handover);
