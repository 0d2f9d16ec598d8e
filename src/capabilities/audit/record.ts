import { canonicalJson } from "../../kernel/canonical-json.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { type EpochMs, isoTime } from "../../kernel/units.ts";
import type { Sha256 } from "../../ports/evidence.ts";
import { type AuditType, isAuditType } from "./kinds.ts";
import { isSame } from "./proofs.ts";

/** Something that happened, as it is told. Nothing in it is text of a prompt or an answer, a header's value or a key. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly type: AuditType;
  readonly outcome: AuditOutcome;
  /** `key:ID`, `admin:bearer`, `session:MARK`, `gateway`, `nobody`: never a name of a person. */
  readonly actor: string;
  readonly tenant?: string;
  /** Of short words and figures; text longer than 120 characters is cut. */
  readonly facts: AuditFacts;
  /** What tells who a person is: kept beside the record, in it by its hash; may be erased. */
  readonly personal?: Readonly<Record<string, string>>;
}

export type AuditOutcome = "done" | "denied" | "failed";
export type AuditFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A record as it is read. */
export interface AuditRecord {
  readonly index: number;
  readonly at: string;
  readonly type: AuditType;
  readonly outcome: AuditOutcome;
  readonly actor: string;
  readonly tenant?: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Of each personal field the hash, base64. */
  readonly hashed: Readonly<Record<string, string>>;
  /** Those that are not erased. */
  readonly personal: Readonly<Record<string, string>>;
}

/** A record on its way into the log. */
export interface PrintedRecord {
  /** RFC 8785: what is hashed. */
  readonly record: string;
  /** What is stored: the record, then a tab and the personal values, where there are any. */
  readonly line: string;
}

/** What printing needs of the world. */
export interface Hiding {
  readonly sha256: Sha256;
  readonly random: (count: number) => Uint8Array;
}

const textMax = 120;
const saltBytes = 16;
const outcomes: ReadonlySet<string> = new Set(["done", "denied", "failed"] satisfies AuditOutcome[]);

/** The record of an entry at its place in the log. */
export function printRecord(entry: AuditEntry, index: number, hiding: Hiding): PrintedRecord {
  const { at, type, outcome, actor, tenant, personal = {} } = entry;
  const hashed: Record<string, string> = {};
  const values: Record<string, readonly [salt: string, value: string]> = {};
  for (const [name, value] of Object.entries(personal)) {
    const shown = bounded(value);
    const salt = Buffer.from(hiding.random(saltBytes)).toString("base64");
    hashed[name] = hashOf(salt, shown, hiding.sha256);
    values[name] = [salt, shown];
  }
  const record = canonicalJson({
    actor: bounded(actor),
    at: isoTime(at),
    facts: factsOf(entry.facts),
    index,
    outcome,
    type,
    ...(tenant === undefined ? {} : { tenant: bounded(tenant) }),
    ...(Object.keys(hashed).length === 0 ? {} : { personal: hashed }),
  });
  return { record, line: Object.keys(values).length === 0 ? record : `${record}\t${canonicalJson(values)}` };
}

function factsOf(facts: AuditFacts): JsonObject {
  const shown: Record<string, Json> = {};
  for (const [name, value] of Object.entries(facts))
    if (value !== undefined) shown[name] = typeof value === "string" ? bounded(value) : value;
  return shown;
}

const bounded = (text: string): string =>
  (text.length > textMax ? `${text.slice(0, textMax - 1)}…` : text).toWellFormed();

/** `SHA-256(salt || value)`, base64. */
function hashOf(salt: string, value: string, sha256: Sha256): string {
  const bytes = Buffer.concat([Buffer.from(salt, "base64"), Buffer.from(value, "utf8")]);
  return Buffer.from(sha256(bytes)).toString("base64");
}

/** The record itself, without what is kept beside it. */
export function recordIn(line: string): string {
  const tab = line.indexOf("\t");
  return tab < 0 ? line : line.slice(0, tab);
}

/** `undefined`: it is no line of an audit log. */
export function readLine(line: string): AuditRecord | undefined {
  const record = parseJson(recordIn(line));
  if (!isJsonObject(record)) return undefined;
  const { index, at, type, outcome, actor, tenant, facts, personal } = record;
  if (typeof index !== "number" || typeof at !== "string" || typeof actor !== "string") return undefined;
  if (typeof type !== "string" || !isAuditType(type) || !isOutcome(outcome)) return undefined;
  return {
    ...{ index, at, type, outcome, actor },
    ...(typeof tenant === "string" ? { tenant } : {}),
    facts: plainOf(facts),
    hashed: textsOf(personal),
    personal: Object.fromEntries([...valuesIn(line)].map(([name, { value }]) => [name, value])),
  };
}

const isOutcome = (value: unknown): value is AuditOutcome => typeof value === "string" && outcomes.has(value);

function plainOf(value: Json | undefined): AuditRecord["facts"] {
  if (!isJsonObject(value)) return {};
  const plain: Record<string, string | number | boolean | null> = {};
  for (const [name, fact] of Object.entries(value))
    if (fact === null || typeof fact !== "object") plain[name] = fact;
  return plain;
}

function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) if (typeof text === "string") texts[name] = text;
  return texts;
}

interface Salted {
  readonly salt: string;
  readonly value: string;
}

/** The personal values beside a record; those that were erased are not there. */
function valuesIn(line: string): ReadonlyMap<string, Salted> {
  const found = new Map<string, Salted>();
  const values = parseJson(line.slice(recordIn(line).length + 1).trim());
  if (!isJsonObject(values)) return found;
  for (const [name, pair] of Object.entries(values)) {
    const [salt, value] = Array.isArray(pair) ? pair : [];
    if (typeof salt === "string" && typeof value === "string") found.set(name, { salt, value });
  }
  return found;
}

/** The first personal value that is not the one of the record; `undefined`: all that are still there are. */
export function falseValueIn(line: string, sha256: Sha256): string | undefined {
  const hashed = readLine(line)?.hashed ?? {};
  for (const [name, { salt, value }] of valuesIn(line)) {
    const expected = Buffer.from(hashed[name] ?? "", "base64");
    if (!isSame(Buffer.from(hashOf(salt, value, sha256), "base64"), expected)) return name;
  }
  return undefined;
}

/** The line without one of its personal values, as long in bytes as it was; `undefined`: it has no such value. */
export function withoutValue(line: string, field: string): string | undefined {
  const values = valuesIn(line);
  if (!values.has(field)) return undefined;
  const left = Object.fromEntries(
    [...values].filter(([name]) => name !== field).map(([name, { salt, value }]) => [name, [salt, value]]),
  );
  const shorter = `${recordIn(line)}\t${canonicalJson(left)}`;
  return shorter + " ".repeat(Buffer.byteLength(line) - Buffer.byteLength(shorter));
}
