import type { Call } from "../../exchange/call.ts";
import type { CacheMark, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";

/** What writing the items of one request needs to know. */
export interface Writing {
  readonly family: ModelFamily;
  readonly ledger: Ledger;
  /** The client speaks this dialect itself: what it wrote keeps its order and its ids. */
  readonly isNative: boolean;
  /** The provider will keep nothing of the conversation: an item cannot be told by its id alone. */
  readonly isStateless: boolean;
  /** The client's file ids are OpenAI's. */
  readonly knowsFiles: boolean;
  /** Whether a call, or the result of one, is of a custom tool. */
  readonly isCustom: (call: { readonly id?: string; readonly name?: string }) => boolean;
  /** `prompt_cache_breakpoint` for a mark, as far as the model takes it and marks are left. */
  readonly markFor: (mark: CacheMark | undefined) => { readonly prompt_cache_breakpoint?: Printable };
}

export function createWriting(
  call: Call,
  { family, ledger, store }: Pick<Writing, "family" | "ledger"> & { readonly store: boolean | undefined },
): Writing {
  return {
    family,
    ledger,
    isNative: call.source === "openai-responses",
    isStateless: store === false,
    knowsFiles: call.source === "openai-responses" || call.source === "openai-chat",
    isCustom: customCalls(call),
    markFor: cacheMarks(call, family, ledger),
  };
}

function customCalls({ tools, turns }: Call): Writing["isCustom"] {
  const names = new Set(
    tools.flatMap((tool) =>
      tool.kind === "custom" || (tool.kind === "opaque" && tool.type === "custom") ? (tool.name ?? []) : [],
    ),
  );
  const ids = new Set(
    turns.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.kind === "tool-call" && (part.isCustom ?? names.has(part.name)) ? part.id : [],
      ),
    ),
  );
  return ({ id, name }) => (id !== undefined && ids.has(id)) || (name !== undefined && names.has(name));
}

/** Most marks in one request. Source: OpenAI API reference, `prompt_cache_options`. */
const marksMax = 4;

/** Gives out the last four marks; those before them, and all where the model takes none, are dropped and declared. */
function cacheMarks(call: Call, family: ModelFamily, ledger: Ledger): Writing["markFor"] {
  const marked = call.turns.filter(({ role }) => role !== "assistant").flatMap(({ parts }) => parts);
  const total = countMarks([...call.instructions, ...marked]);
  let surplus = family.takesCacheMarks ? Math.max(0, total - marksMax) : Number.POSITIVE_INFINITY;
  return (mark) => {
    if (mark === undefined) return {};
    if (surplus > 0) {
      surplus -= 1;
      noteDroppedMark(ledger);
      return {};
    }
    // The shorter of the two lifetimes is 30 minutes, more than five; the longer is 12 hours.
    return {
      prompt_cache_breakpoint: { mode: "explicit", ...(mark.ttl === "1h" && { ttl: "12h" }) },
    };
  };
}

/** Declares a cache mark that stays behind: the provider caches prompts by itself. */
export function noteDroppedMark(ledger: Ledger): void {
  ledger.note({ kind: "dropped", subject: "cache_control" });
}

function countMarks(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "tool-result") return sum + countMarks(part.content);
    const takesMark = part.kind === "image" || part.kind === "document" || part.kind === "text";
    const isBlank = part.kind === "text" && part.text.trim() === "";
    return sum + (part.cache !== undefined && takesMark && !isBlank ? 1 : 0);
  }, 0);
}
