import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { base62 } from "../../kernel/ids.ts";
import type { KeyDigests } from "../../ports/key-digests.ts";
import type { Sealer } from "../../ports/sealer.ts";
import type { Vault } from "../../ports/vault.ts";
import { readPepper } from "./key-files.ts";
import { type KekEnvironment, openKeyring } from "./keyring.ts";
import { createVault } from "./vault.ts";

/** The installation's secrets and what is derived from them. They never leave this object. */
export interface Installation {
  /** HMAC-SHA256 of a text, base64url. */
  readonly digestOf: (text: string) => string;
  /** The only form in which client keys are kept. */
  readonly keyDigests: KeyDigests;
  /** A secret for `purpose`, the same each time, so that nothing has to be stored to be known again. 43 characters. */
  readonly derive: (purpose: string) => string;
  /** Marks text that clients keep for us. */
  readonly sealer: Sealer;
  /** Keeps secrets that have to be known again. */
  readonly vault: Vault;
}

const markBytes = 16;

/**
 * Opens the installation's directory; makes it, readable by its owner only, where it is missing. What is derived comes from
 * the file `pepper`, and what is sealed is opened by a key of its own (`openKeyring`), so that the latter can be changed.
 * @throws GatewayError `storage_unavailable` saying what to do when it cannot be read or written.
 */
export function openInstallation(directory: string, env: KekEnvironment = process.env): Installation {
  // A key object and one update: each request pays for this.
  const secret = createSecretKey(readPepper(directory));
  const { current, earlier } = openKeyring(directory, env);
  const mac = (label: string, text: string) => createHmac("sha256", secret).update(`${label}\0${text}`);
  const mark = (text: string): string =>
    mac("seal", text).digest().subarray(0, markBytes).toString("base64url");
  const digestOf = (text: string): string => mac("client-key", text).digest("base64url");
  return {
    digestOf,
    keyDigests: {
      ofSecret: (text) => mac("sallyport-key-v1", text).digest("base64url"),
      ofWhole: digestOf,
      areSame,
    },
    derive: (purpose) => base62(mac("derive", purpose).digest()),
    vault: createVault(current, earlier),
    sealer: {
      keyId: mac("seal-key-id", "").digest("base64url").slice(0, 6),
      mark,
      isMarked: (text, given) => areSame(mark(text), given),
    },
  };
}

function areSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
