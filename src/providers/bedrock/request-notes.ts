import type { CacheMark } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type ErrorCode, GatewayError } from "../../kernel/errors.ts";
import type { Printable } from "../../kernel/json.ts";
import type { ModelAbilities } from "./model-family.ts";
import { createToolIds } from "./request-ids.ts";

/** A block of a message, of the system text or of the tools. */
export type Block = Printable;

/** What writing one request needs to remember. Grows while it is written. */
export interface RequestNotes {
  readonly abilities: ModelAbilities;
  /** Declares; the same thing once. */
  readonly note: (warning: Warning) => void;
  readonly drop: (subject: string, note?: string) => void;
  readonly warnings: () => readonly Warning[];
  readonly toolId: (original: string) => string;
  /** A name for a document: its title as far as Converse takes it, unlike all others of the request. */
  readonly documentName: (title: string | undefined) => string;
  /** The block that stands behind a marked one; none where the model takes none. */
  readonly cachePoint: (mark: CacheMark | undefined, place: "tools" | "text") => readonly Block[];
  /** Takes the surplus of cache points away from blocks in the order they are sent, the first ones first. */
  readonly withinLimit: (sections: readonly (readonly Block[])[]) => readonly (readonly Block[])[];
}

/** Most cache points in one request. Source: Amazon Bedrock user guide, "Prompt caching". */
const cachePointsMax = 4;

export function createNotes(abilities: ModelAbilities): RequestNotes {
  const warnings = new Map<string, Warning>();
  const points = new Set<Block>();
  const note = (warning: Warning): void => {
    const key = `${warning.kind} ${warning.subject}`;
    if (!warnings.has(key)) warnings.set(key, warning);
  };
  const drop = (subject: string, why?: string): void =>
    note({ kind: "dropped", subject, ...(why === undefined ? {} : { note: why }) });
  return {
    abilities,
    note,
    drop,
    warnings: () => [...warnings.values()],
    toolId: createToolIds(abilities.toolIds),
    documentName: createDocumentNames(note),
    cachePoint(mark, place) {
      if (mark === undefined) return [];
      const { cache } = abilities;
      if (cache === undefined || (place === "tools" && !cache.inTools)) {
        drop(
          "cache_control",
          `this model takes none${place === "tools" && cache !== undefined ? " on tools" : ""}`,
        );
        return [];
      }
      if (mark.ttl === "1h" && !cache.hour)
        note({ kind: "changed", subject: "cache_control.ttl", note: "this model keeps for 5 minutes" });
      // Five minutes are what it does when nothing is said.
      const ttl = mark.ttl === "1h" && cache.hour ? mark.ttl : undefined;
      const point: Block = { cachePoint: { type: "default", ttl } };
      points.add(point);
      return [point];
    },
    withinLimit(sections) {
      let surplus = points.size - cachePointsMax;
      if (surplus <= 0) return sections;
      drop("cache_control", `the first ${surplus} of ${points.size}`);
      return sections.map((blocks) =>
        blocks.filter((block) => {
          if (surplus === 0 || !points.has(block)) return true;
          surplus -= 1;
          return false;
        }),
      );
    },
  };
}

/**
 * Names of documents: letters, digits, single spaces, hyphens, parentheses, square brackets. What stands between
 * becomes a hyphen.
 *
 * Source: Amazon Bedrock API reference, `DocumentBlock.name`.
 */
function createDocumentNames(note: RequestNotes["note"]): RequestNotes["documentName"] {
  const taken = new Set<string>();
  let untitled = 0;
  return (title) => {
    const fitting = (title ?? "")
      .replaceAll(/\s+/g, " ")
      .replaceAll(/[^a-zA-Z0-9 \-()[\]]+/g, "-")
      .trim()
      .slice(0, documentNameMax);
    if (title !== undefined && fitting !== title)
      note({ kind: "changed", subject: "document title", note: "to the characters this model takes" });
    if (fitting === "") untitled += 1;
    const base = fitting === "" ? `document-${untitled}` : fitting;
    let name = base;
    for (let copy = 2; taken.has(name); copy += 1) name = `${base}-${copy}`;
    taken.add(name);
    return name;
  };
}

const documentNameMax = 200;

/** @throws GatewayError what this dialect or this model cannot carry, and a client must not lose silently. */
export function refuse(code: ErrorCode & `unsupported_${string}`, param: string, message: string): never {
  throw new GatewayError(code, message, { message, param });
}
