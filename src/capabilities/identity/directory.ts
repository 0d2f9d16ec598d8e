import type { ClientKey, Identity } from "../../exchange/identity.ts";
import { fitsGlob } from "../../kernel/glob.ts";

/** HMAC-SHA256 under the installation's secret, base64url: `platform/secrets` gives it. */
export type DigestOf = (key: string) => string;

/** All live keys by digest; immutable, replaced whole. */
export type KeyDirectory = ReadonlyMap<string, Identity>;

/** The directory of the keys that are not revoked. */
export function compileDirectory(keys: readonly ClientKey[]): KeyDirectory {
  return new Map(
    keys
      .filter((key) => key.revokedAt === null)
      .map((key) => [
        key.digest,
        { keyId: key.id, name: key.name, models: key.models, residency: key.residency },
      ]),
  );
}

/** Whether a key with these globs may use `model`. */
export function mayUse(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.some((glob) => fitsGlob(glob, model));
}
