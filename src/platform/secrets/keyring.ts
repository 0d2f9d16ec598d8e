import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { GatewayError } from "../../kernel/errors.ts";
import type { Vault } from "../../ports/vault.ts";
import { makeKeyFile, readKeyFile, replaceKeyFile } from "./key-files.ts";
import { createVault, type VaultKey } from "./vault.ts";

/** Where a key may come from besides the data directory. */
export interface KekEnvironment {
  /** 32 bytes in hexadecimal or base64, or `file:/path` of a file that holds them so. */
  readonly [name: string]: string | undefined;
}

/** Which key seals, and which others open what they have sealed. */
export interface Keyring {
  readonly current: VaultKey;
  readonly earlier: readonly VaultKey[];
}

const names = { now: "SALLYPORT_KEK", before: "SALLYPORT_KEK_PREVIOUS" } as const;
const files = { now: "kek", next: "kek.next" } as const;

/**
 * The key of `SALLYPORT_KEK`, else that of the file `kek`, which is made where it is missing. Keys that were current, or are
 * about to be, open as well: `SALLYPORT_KEK_PREVIOUS`, and the files of a change that was broken off.
 * @throws GatewayError `storage_unavailable`.
 */
export function openKeyring(directory: string, env: KekEnvironment): Keyring {
  const given = fromEnvironment(names.now, env);
  const current = given ?? makeKeyFile(directory, files.now).bytes;
  const others = [
    fromEnvironment(names.before, env),
    readKeyFile(directory, files.now)?.bytes,
    readKeyFile(directory, files.next)?.bytes,
  ];
  return {
    current: keyOf(current),
    earlier: others.flatMap((bytes) => (bytes === undefined ? [] : [keyOf(bytes)])),
  };
}

/**
 * Changes the key that seals, while no gateway runs. The new one is on the disk before anything is sealed by it, and the old
 * one is there until nothing is any more; broken off anywhere, it can be begun again.
 *
 * With `SALLYPORT_KEK` set, that key is the new one, and what others have sealed is sealed by it.
 *
 * @param rewrapAll Rewraps all that is sealed, durably. Tells how much that was.
 */
export async function rotateKek(
  directory: string,
  rewrapAll: (vault: Vault) => Promise<number>,
  env: KekEnvironment = process.env,
): Promise<{ readonly keyId: string; readonly rewrapped: number }> {
  const before = openKeyring(directory, env);
  if (fromEnvironment(names.now, env) !== undefined) {
    const vault = createVault(before.current, before.earlier);
    return { keyId: vault.keyId, rewrapped: await rewrapAll(vault) };
  }
  const next = keyOf(makeKeyFile(directory, files.next).bytes);
  const rewrapped = await rewrapAll(createVault(next, [...before.earlier, before.current]));
  replaceKeyFile(directory, files.next, files.now);
  return { keyId: next.id, rewrapped };
}

/** Labels as they always were, so that what was sealed before there were two secrets opens. */
function keyOf(secret: Buffer): VaultKey {
  const mac = (label: string): Buffer => createHmac("sha256", secret).update(`${label}\0`).digest();
  return { id: mac("vault-key-id").toString("base64url").slice(0, 6), bytes: mac("vault") };
}

function fromEnvironment(name: string, env: KekEnvironment): Buffer | undefined {
  const written = env[name];
  if (written === undefined || written === "") return undefined;
  const text = (written.startsWith("file:") ? readAt(name, written.slice("file:".length)) : written).trim();
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  // One byte over and over is what stands in examples.
  if (bytes.length === 32 && new Set(bytes).size > 8) return bytes;
  const message = `${name} must be 32 random bytes in hexadecimal or base64, such as \`openssl rand -base64 32\` prints them, or \`file:/path\` of a file with such a line.`;
  throw new GatewayError("storage_unavailable", message, { message });
}

function readAt(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    const message = `The file that ${name} names cannot be read.`;
    throw new GatewayError("storage_unavailable", message, { message, cause: thrown });
  }
}
