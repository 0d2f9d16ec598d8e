import { murmur3 } from "../kernel/murmur3.ts";

/** `percent(5)`, `percent(0.25)`. Source: Apollo Federation, "Incremental migration with progressive @override". */
const share = /^percent\((\d{1,3}(?:\.\d{1,8})?)\)$/;
const hashes = 2 ** 32;

/** Who asks: a client's key, or where none is asked for, the request itself. */
export interface LabelSubject {
  readonly keyId: string;
  readonly requestId: string;
}

/**
 * Whether a progressive `@override` holds for somebody: as it is written, else by the share in its name, else not. A client
 * is always on the same side, and whoever is within 5 % is within 10 % too, so that a share can rise.
 */
export function isLabelOn(
  label: string,
  written: Readonly<Record<string, boolean>>,
  { keyId, requestId }: LabelSubject,
): boolean {
  if (Object.hasOwn(written, label)) return written[label] === true;
  const percent = Number(share.exec(label)?.[1] ?? 0);
  return murmur3(keyId === "" ? requestId : keyId, seed) < (percent / 100) * hashes;
}

/** Other than where keys are hashed for other ends, so that the sides have nothing to do with each other. */
const seed = 0x6c_61_62_65;
