import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../../kernel/errors.ts";
import { type EpochMs, epochMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { NonceClaim, NonceStore } from "../../ports/nonce-store.ts";

/** A store that answers at once. */
interface NonceMemory {
  readonly claim: (...asked: Parameters<NonceStore["claim"]>) => NonceClaim;
}

/** A store of nonces that outlives its process. */
export interface NonceJournal extends NonceMemory {
  readonly close: () => void;
}

const fileMode = 0o600;
/** A new file is begun at this size, as soon as all that stands in the one before has ended. */
const fileBytesMax = 4 * 1024 * 1024;
const line = /^(\d{1,16}) (\S+) (\S+)$/;

/**
 * Writes each nonce down before its request passes, so that none counts again after a restart, also of a killed process. The
 * write is given to the system at once (a few microseconds) and not waited for on the disk: what a failing machine takes with
 * it is what it had not yet written down.
 *
 *   nonces.log       a line each: until when (ms since 1970), key, nonce
 *   nonces.old.log   the same of before, until all of it has ended
 *
 * @throws GatewayError `storage_unavailable`, when the files cannot be read or made.
 */
export function openNonceJournal(
  { directory, memory }: { readonly directory: string; readonly memory: NonceMemory },
  clock: Pick<Clock, "now">,
  bytesMax: number = fileBytesMax,
): NonceJournal {
  const current = join(directory, "nonces.log");
  const before = join(directory, "nonces.old.log");
  const take = ([until, keyId, nonce]: Entry): void => {
    if (until > clock.now()) memory.claim({ keyId, nonce }, epochMs(until));
  };
  let file = unlessBroken("read", () => {
    const entries = [...readEntries(before), ...readEntries(current)].filter(
      ([until]) => until > clock.now(),
    );
    for (const entry of entries) take(entry);
    // Written anew, whole or not at all: what has ended is gone, and a line that was torn is none any more.
    const fresh = `${current}.new`;
    writeFileSync(fresh, entries.map(printEntry).join(""), { mode: fileMode });
    renameSync(fresh, current);
    rmSync(before, { force: true });
    return beginFile(current, entries);
  });
  /** Until when what stands in the file of before counts. */
  let beforeUntil = 0;
  const turn = (): void => {
    if (file.bytes < bytesMax || beforeUntil > clock.now()) return;
    closeSync(file.descriptor);
    renameSync(current, before);
    beforeUntil = file.until;
    file = beginFile(current, []);
  };
  return {
    claim: ({ keyId, nonce }, until) => {
      const claim = memory.claim({ keyId, nonce }, until);
      if (claim !== "fresh") return claim;
      const text = printEntry([until, keyId, nonce]);
      unlessBroken("written", () => {
        turn();
        writeSync(file.descriptor, text);
      });
      file.bytes += text.length;
      file.until = Math.max(file.until, until);
      return claim;
    },
    close: () => closeSync(file.descriptor),
  };
}

type Entry = readonly [until: number, keyId: string, nonce: string];

const printEntry = ([until, keyId, nonce]: Entry): string => `${until} ${keyId} ${nonce}\n`;

/** A file that grows: of this process's own making, so its figures are its own. */
interface GrowingFile {
  readonly descriptor: number;
  bytes: number;
  /** Until when the last of it counts. */
  until: EpochMs | number;
}

const beginFile = (path: string, entries: readonly Entry[]): GrowingFile => ({
  descriptor: openSync(path, "a", fileMode),
  bytes: entries.reduce((sum, entry) => sum + printEntry(entry).length, 0),
  until: entries.reduce((latest, [until]) => Math.max(latest, until), 0),
});

function readEntries(path: string): readonly Entry[] {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
  return text.split("\n").flatMap((written): Entry[] => {
    const [, until, keyId, nonce] = line.exec(written) ?? [];
    return until === undefined || keyId === undefined || nonce === undefined
      ? []
      : [[Number(until), keyId, nonce]];
  });
}

function unlessBroken<Made>(done: string, act: () => Made): Made {
  try {
    return act();
  } catch (thrown) {
    throw new GatewayError("storage_unavailable", `the nonces of signed requests cannot be ${done}`, {
      cause: thrown,
    });
  }
}
