namespace Sequencer.Gateway;

/// <summary>
/// Who may read one chain without a token: <c>[chains."name"]</c>, or <c>[chain_defaults]</c>.
/// </summary>
/// <param name="Public">True opens checkpoint and hash tiles to everybody.</param>
/// <param name="PublicEntries">False keeps the entry bundles of a public chain for token holders.</param>
internal readonly record struct ChainAccess(bool Public, bool PublicEntries);
