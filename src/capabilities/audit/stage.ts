import type { RequestRecord } from "../../exchange/settlement.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { elapsed, type MonotonicMs, milliseconds } from "../../kernel/units.ts";
import type { AuditStore, StoredAudit } from "../../ports/audit-store.ts";
import type { Sha256, VerifySignature } from "../../ports/evidence.ts";
import type { Random } from "../../ports/random.ts";
import type { Timer } from "../../ports/timer.ts";
import { printVerifier, readCheckpoint, type Verifier, verifierOf } from "./checkpoint.ts";
import { evidenceOf, exportLines } from "./evidence.ts";
import { type AuditedCall, entryOfCall, isChange } from "./from-admin.ts";
import { entryOfRequest } from "./from-request.ts";
import type { AuditType } from "./kinds.ts";
import { type AuditLog, type AuditLogState, createAuditLog, type LogParts } from "./log.ts";
import { consistencyProof, inclusionProof, rootOf } from "./proofs.ts";
import { type AuditFilter, type AuditPage, readPage } from "./read-log.ts";
import { type AuditEntry, withoutValue } from "./record.ts";
import type { AuditSettings } from "./settings.ts";
import { merkleHashing, nodesFromKept } from "./tree.ts";
import { type Finding, verifyLog } from "./verify-log.ts";
import { type AuditWriter, type FoundLog, openAuditWriter } from "./writer.ts";

/** What the room works with. */
export type AuditParts = RoomParts & (WrittenHere | WrittenElsewhere);

interface WrittenHere {
  readonly store: AuditStore;
  readonly writer?: undefined;
}

interface WrittenElsewhere {
  readonly store: StoredAudit;
  readonly writer: AuditWriter;
}

interface RoomParts extends Pick<LogParts, "clock" | "timer" | "logger" | "key"> {
  readonly random: Random;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  /** The log's name, and that of its key: without spaces and `+`. */
  readonly origin: string;
  readonly segmentSize: number;
  readonly settings: Pick<AuditSettings, "requests" | "checkpoint">;
  /** Told of each checkpoint that was signed. */
  readonly onCheckpoint?: (note: string) => void;
  /** Told when something is durable. */
  readonly onWritten?: () => void;
}

/** A proof as it is told: hashes in base64. */
export interface ToldProof {
  readonly hashes: readonly string[];
  /** Of the tree that it leads to. */
  readonly size: number;
  readonly root: string;
}

/** What the audit log tells whoever looks at it. */
export interface AuditControl {
  readonly list: (filter: AuditFilter) => Promise<AuditPage>;
  /** The newest, signed now. */
  readonly checkpoint: () => Promise<{ readonly note: string; readonly verifier: string }>;
  /** @throws GatewayError `malformed_request` for what is no leaf of a tree of this size, or no size of this log. */
  readonly inclusion: (index: number, size: number | undefined) => ToldProof & { readonly index: number };
  /** @throws GatewayError `malformed_request`. */
  readonly consistency: (from: number, to: number | undefined) => ToldProof & { readonly from: number };
  /** Reads all of it. @param from A checkpoint that was kept elsewhere. */
  readonly verify: (from: string | undefined) => Promise<Finding>;
  /** Erases a personal value, `INDEX.FIELD`. False: there is none, or none any more. */
  readonly erase: (id: string) => Promise<boolean>;
  readonly state: () => AuditLogState;
}

/** The audit log of a gateway. A holder of state. */
export interface Audit {
  /** Told of every request; memory only. */
  readonly settled: (record: RequestRecord) => void;
  /** Told of every call of the admin API. A change is awaited until its record is durable. @throws GatewayError `storage_unavailable`. */
  readonly called: (call: AuditedCall) => Promise<void> | undefined;
  /** Before a change: nothing is changed that could not be recorded. @throws GatewayError `storage_unavailable`. */
  readonly beforeChange: () => Promise<void>;
  /** Anything else that happened. */
  readonly record: (entry: Omit<AuditEntry, "at">) => void;
  readonly control: AuditControl;
  /** Every line of an export. */
  readonly exported: () => Promise<AsyncIterable<string>>;
  /** Seconds since the last checkpoint, or since the log was opened. */
  readonly checkpointAge: () => number;
  /** Records that this process has written, by type. */
  readonly counts: () => ReadonlyMap<AuditType, number>;
  readonly close: () => Promise<void>;
}

/** Opens the log, where the last process has left it. @throws GatewayError `storage_unavailable`. */
export async function openAudit(parts: AuditParts): Promise<Audit> {
  const { store, clock, logger, settings, sha256 } = parts;
  const verifier = verifierOf(parts.origin, parts.key.publicKey, sha256);
  const writer = parts.writer ?? (await writerHere(parts, verifier));
  const { dropped, broken } = writer.found;
  if (dropped > 0) logger.warn("lines at the end of the audit log were half written", { dropped });
  await store.showVerifier(printVerifier(verifier));
  const counts = new Map<AuditType, number>();
  let signedAt: MonotonicMs = clock.monotonic();
  const log = createAuditLog({
    ...parts,
    writer,
    verifier,
    checkpoints: {
      every: milliseconds(settings.checkpoint.everyMs),
      records: settings.checkpoint.records,
    },
    onWritten: (type) => {
      counts.set(type, (counts.get(type) ?? 0) + 1);
      parts.onWritten?.();
    },
    onCheckpoint: (note) => {
      signedAt = clock.monotonic();
      parts.onCheckpoint?.(note);
    },
  });
  const record = (entry: Omit<AuditEntry, "at">): void => log.append({ ...entry, at: clock.now() });
  begin(broken, record, parts);
  const control = controlOf(log, parts, verifier);
  return {
    settled: (request) => {
      const entry = entryOfRequest(request, settings.requests);
      if (entry !== undefined) log.append(entry);
    },
    called: (call) => {
      const entry = entryOfCall(call);
      if (entry === undefined) return undefined;
      if (isChange(call)) return log.appendDurably(entry);
      log.append(entry);
      return undefined;
    },
    beforeChange: log.requireWritable,
    record,
    control,
    exported: async () => exportLines(await evidenceOf(store)),
    checkpointAge: () => elapsed(signedAt, clock.monotonic()) / 1000,
    counts: () => counts,
    close: async () => {
      record({ type: "audit.stopped", outcome: "done", actor: "gateway", facts: {} });
      await log.close();
    },
  };
}

const writerHere = ({ timer, ...parts }: RoomParts & WrittenHere, verifier: Verifier): Promise<AuditWriter> =>
  openAuditWriter({ ...parts, verifier, breathe: () => breathOf(timer) });

/** Gives the loop back for a turn. */
const breathOf = (timer: Timer): Promise<void> =>
  new Promise((resolve) => {
    timer.after(milliseconds(0), resolve);
  });

/** The first record of a process; and that the log it has found was another than the one that was signed. */
function begin(broken: FoundLog["broken"], record: Audit["record"], { logger, origin }: RoomParts): void {
  if (broken !== undefined) {
    logger.error("the audit log is not the one that was signed; it is set aside, and a new one begins", {
      why: broken.why,
      movedTo: broken.movedTo,
    });
    const last = readCheckpoint(broken.checkpoint);
    const root = last === undefined ? undefined : Buffer.from(last.root).toString("base64");
    record({
      type: "audit.restarted",
      outcome: "failed",
      actor: "gateway",
      facts: { why: broken.why, lastSize: last?.size, lastRoot: root },
    });
  }
  record({ type: "audit.started", outcome: "done", actor: "gateway", facts: { origin } });
}

function controlOf(log: AuditLog, parts: AuditParts, verifier: Verifier): AuditControl {
  const { store, sha256 } = parts;
  const hashing = merkleHashing(sha256);
  const nodes = { hashing, read: nodesFromKept(hashing, store.hashes.read) };
  /** What is in the tree for all to see: its hashes are written. */
  const sizeOf = (asked: number | undefined): number => {
    const size = Math.min(log.state().size, store.hashes.count(0));
    if (asked === undefined) return size;
    if (asked < 1 || asked > size) throw unknown(`this log has 1 to ${size} records`, "size");
    return asked;
  };
  const told = (hashes: readonly Uint8Array[], size: number): ToldProof => ({
    hashes: hashes.map((hash) => Buffer.from(hash).toString("base64")),
    size,
    root: Buffer.from(rootOf(nodes, size)).toString("base64"),
  });
  return {
    list: async (filter) => {
      await log.flush();
      return readPage(store, filter);
    },
    checkpoint: async () => {
      await log.flush();
      const note = await log.checkpoint();
      return { note: note ?? "", verifier: printVerifier(verifier) };
    },
    inclusion: (index, asked) => {
      const size = sizeOf(asked);
      if (index >= size) throw unknown(`a tree of ${size} has no leaf ${index}`, "index");
      return { index, ...told(inclusionProof(nodes, index, size), size) };
    },
    consistency: (from, asked) => {
      const to = sizeOf(asked);
      if (from < 1 || from > to) throw unknown(`a tree of ${to} has no beginning of ${from}`, "from");
      return { from, ...told(consistencyProof(nodes, from, to), to) };
    },
    verify: async (from) => {
      await log.flush();
      return verifyLog(await evidenceOf(store), { sha256, verify: parts.verify, verifier, from });
    },
    erase: (id) => log.alone(() => erase(store, id)),
    state: log.state,
  };
}

async function erase(store: StoredAudit, id: string): Promise<boolean> {
  const [, index = "", field = ""] = /^(\d{1,15})\.(\w{1,40})$/.exec(id) ?? [];
  if (field === "" || Number(index) >= store.size()) return false;
  for await (const [line = ""] of store.lines(Number(index), Number(index) + 1)) {
    const without = withoutValue(line, field);
    if (without === undefined) return false;
    await store.overwrite(Number(index), without);
    return true;
  }
  return false;
}

const unknown = (message: string, param: string): GatewayError =>
  new GatewayError("malformed_request", message, { message, param });
