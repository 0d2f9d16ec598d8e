import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../../kernel/errors.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Sealer } from "../../ports/sealer.ts";
import type { Vault } from "../../ports/vault.ts";
import { createVault } from "./vault.ts";

/** The installation's secret and what is derived from it. The secret never leaves this object. */
export interface Installation {
  /** HMAC-SHA256 of a client key, base64url: the only form in which a key is kept. */
  readonly digestOf: (key: string) => string;
  /** A secret for `purpose`, the same each time, so that nothing has to be stored to be known again. 43 characters. */
  readonly derive: (purpose: string) => string;
  /** Marks text that clients keep for us. */
  readonly sealer: Sealer;
  /** Keeps secrets that have to be known again. */
  readonly vault: Vault;
}

const secretBytes = 32;
const markBytes = 16;

/**
 * Opens the installation's directory; makes it, readable by its owner only, where it is missing.
 * @throws GatewayError `storage_unavailable` saying what to do when it cannot be read or written.
 */
export function openInstallation(directory: string): Installation {
  // A key object and one update: each request pays for this.
  const secret = createSecretKey(readOrMake(directory));
  const mac = (label: string, text: string) => createHmac("sha256", secret).update(`${label}\0${text}`);
  const mark = (text: string): string =>
    mac("seal", text).digest().subarray(0, markBytes).toString("base64url");
  return {
    digestOf: (key) => mac("client-key", key).digest("base64url"),
    derive: (purpose) => base62(mac("derive", purpose).digest()),
    vault: createVault({
      id: mac("vault-key-id", "").digest("base64url").slice(0, 6),
      bytes: mac("vault", "").digest(),
    }),
    sealer: {
      keyId: mac("seal-key-id", "").digest("base64url").slice(0, 6),
      mark,
      isMarked: (text, given) => {
        const expected = Buffer.from(mark(text));
        const found = Buffer.from(given);
        return found.length === expected.length && timingSafeEqual(found, expected);
      },
    },
  };
}

function readOrMake(directory: string): Buffer {
  const file = join(directory, "kek");
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!existsSync(file)) writeFileSync(file, randomBytes(secretBytes), { mode: 0o600, flag: "wx" });
    chmodSync(file, 0o600);
    const secret = readFileSync(file);
    if (secret.length === secretBytes) return secret;
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    const why = code === "EEXIST" || code === "ENOTDIR" ? "a file is in its way" : code;
    const message = `The data directory ${directory} cannot be used (${why}). Make it writable for this user, or choose another with --data-dir.`;
    throw new GatewayError("storage_unavailable", message, { message, cause: thrown });
  }
  const message = `${file} is not an installation secret of ${secretBytes} bytes; restore it from a backup, or remove it to begin anew (all keys become void).`;
  throw new GatewayError("storage_unavailable", message, { message });
}
