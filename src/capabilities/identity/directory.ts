import {
  type ClientKey,
  defaultProject,
  defaultTenant,
  type Identity,
  type OneOfEach,
} from "../../exchange/identity.ts";
import { fitsGlob } from "../../kernel/glob.ts";

/** HMAC-SHA256 under the installation's secret, base64url: `platform/secrets` gives it. */
export type DigestOf = (key: string) => string;

/** All live keys by digest; immutable, replaced whole. */
export type KeyDirectory = ReadonlyMap<string, Identity>;

/** The directory of the keys that are not revoked. */
export function compileDirectory(keys: readonly ClientKey[]): KeyDirectory {
  return new Map(keys.filter((key) => key.revokedAt === null).map((key) => [key.digest, identityOf(key)]));
}

const identityOf = ({ id, name, models, residency }: ClientKey): Identity => ({
  method: "api-key",
  subject: id,
  keyId: id,
  name,
  tenant: defaultTenant,
  project: defaultProject,
  roles: [],
  scopes: [],
  claims: {},
  models: models.length === 0 ? [] : [models],
  residency: residency.length === 0 ? [] : [residency],
  labels: {},
});

/** Whether a key with these globs may use `model`. */
export function mayUse(models: OneOfEach, model: string): boolean {
  return models.every((globs) => globs.length === 0 || globs.some((glob) => fitsGlob(glob, model)));
}
