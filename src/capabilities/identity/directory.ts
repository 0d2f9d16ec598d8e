import type { ClientKey, Identity } from "../../exchange/identity.ts";

/** HMAC-SHA256 under the installation's secret, base64url: `platform/secrets` gives it. */
export type DigestOf = (key: string) => string;

/** All live keys by digest; immutable, replaced whole. */
export type KeyDirectory = ReadonlyMap<string, Identity>;

/** The directory of the keys that are not revoked. */
export function compileDirectory(keys: readonly ClientKey[]): KeyDirectory {
  return new Map(
    keys
      .filter((key) => key.revokedAt === null)
      .map((key) => [key.digest, { keyId: key.id, name: key.name, models: key.models }]),
  );
}

/** Whether `name` fits `glob`: `*` stands for any run of characters, all else for itself. */
export function fitsGlob(glob: string, name: string): boolean {
  const pieces = glob.split("*");
  const [first = "", ...rest] = pieces;
  if (rest.length === 0) return glob === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length >= at + last.length && name.endsWith(last);
}

/** Whether a key with these globs may use `model`. */
export function mayUse(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.some((glob) => fitsGlob(glob, model));
}
