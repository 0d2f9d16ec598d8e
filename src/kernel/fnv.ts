/**
 * Two independent 64-bit FNV-1a hashes of `text`, joined to 16 bytes: a pure, fast, non-cryptographic fingerprint
 * for ids that must be the same on every replay.
 * Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (draft-eastlake-fnv).
 */
export function fingerprint128(text: string): Uint8Array {
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, fnv1a(text, 0xcbf29ce484222325n));
  view.setBigUint64(8, fnv1a(text, 0x84222325cbf29ce4n));
  return out;
}

function fnv1a(text: string, offset: bigint): bigint {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= BigInt(text.charCodeAt(index));
    hash = BigInt.asUintN(64, hash * 0x100000001b3n);
  }
  return hash;
}
