import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../../kernel/errors.ts";

const { O_CREAT, O_SYNC, O_TRUNC, O_WRONLY } = constants;
const secretBytes = 32;

/** Before the bytes of a key that only seals. A file without it is of the time when one secret was there for all. */
const mark = Buffer.from("sallyport-kek-2\n", "latin1");

/** A key file as it stands; `isCommon`: all else is derived from it too, unless there is a `pepper`. */
export interface KeyFile {
  readonly bytes: Buffer;
  readonly isCommon: boolean;
}

/**
 * What digests, the admin token and the audit log's key are derived from: the file `pepper`. A directory of the time when
 * `kek` was there for that as well gets a copy of it, so that all keys stay good.
 * @throws GatewayError `storage_unavailable` saying what to do.
 */
export function readPepper(directory: string): Buffer {
  const file = join(directory, "pepper");
  const found = attempt(directory, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!existsSync(file)) {
      const kek = readKeyFile(directory, "kek");
      if (kek !== undefined && !kek.isCommon) throw broken(file);
      makeFile(file, kek?.bytes ?? randomBytes(secretBytes));
    }
    chmodSync(file, 0o600);
    return readFileSync(file);
  });
  if (found.length !== secretBytes) throw broken(file);
  return found;
}

/** @returns `undefined`: there is none. @throws GatewayError `storage_unavailable`, when it is no key. */
export function readKeyFile(directory: string, name: string): KeyFile | undefined {
  const file = join(directory, name);
  if (!existsSync(file)) return undefined;
  const bytes = attempt(directory, () => {
    chmodSync(file, 0o600);
    return readFileSync(file);
  });
  if (bytes.length === secretBytes) return { bytes, isCommon: true };
  const isMarked = bytes.subarray(0, mark.length).equals(mark);
  if (!isMarked || bytes.length !== mark.length + secretBytes) throw broken(file);
  return { bytes: bytes.subarray(mark.length), isCommon: false };
}

/** Makes a key where there is none. */
export function makeKeyFile(directory: string, name: string): KeyFile {
  const known = readKeyFile(directory, name);
  if (known !== undefined) return known;
  attempt(directory, () => makeFile(join(directory, name), Buffer.concat([mark, randomBytes(secretBytes)])));
  return readKeyFile(directory, name) ?? makeKeyFile(directory, name);
}

/** Puts one key in the place of another, on the disk before it returns. */
export function replaceKeyFile(directory: string, next: string, name: string): void {
  attempt(directory, () => {
    renameSync(join(directory, next), join(directory, name));
    syncDirectory(directory);
  });
}

/** Whole or not there, whoever else makes it at the same time: what is there already stays. */
function makeFile(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.new`;
  // On the disk by the way it is opened: Node's permission model has no `fsync`.
  const opened = openSync(draft, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
  try {
    writeFileSync(opened, bytes);
  } finally {
    closeSync(opened);
  }
  try {
    linkSync(draft, file);
  } catch (thrown) {
    if (!existsSync(file)) throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Where the process may not ask for it, the system does it by itself a little later; until then either name is there. */
function syncDirectory(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ERR_ACCESS_DENIED")) throw thrown;
  } finally {
    closeSync(opened);
  }
}

function attempt<Found>(directory: string, act: () => Found): Found {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    const why = code === "EEXIST" || code === "ENOTDIR" ? "a file is in its way" : code;
    const message = `The data directory ${directory} cannot be used (${why}). Make it writable for this user, or choose another with --data-dir.`;
    throw new GatewayError("storage_unavailable", message, { message, cause: thrown });
  }
}

function broken(file: string): GatewayError {
  const message = `${file} is missing, or no installation secret of ${secretBytes} bytes; restore it from a backup, or remove it and what lies beside it to begin anew (all keys become void).`;
  return new GatewayError("storage_unavailable", message, { message });
}
