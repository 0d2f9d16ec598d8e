import type { CacheMark } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { ErrorCode } from "../../kernel/errors.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { Printable } from "../../kernel/json.ts";

/** What writing one request needs to remember. Grows while it is written. */
export interface RequestNotes {
  readonly warnings: Warning[];
  readonly toolId: (original: string) => string;
  /** `cache_control` for a mark, as far as marks are left. */
  readonly cacheControl: (mark: CacheMark | undefined) => { readonly cache_control?: Printable };
}

/** Most cache marks in one request. Source: Anthropic API reference, "Prompt caching". */
const cacheMarksMax = 4;

/** Gives out the last four of `total` marks; those before them are dropped, and declared once. */
export function createCacheControl(total: number, warnings: Warning[]): RequestNotes["cacheControl"] {
  let surplus = Math.max(0, total - cacheMarksMax);
  if (surplus > 0)
    warnings.push({ kind: "dropped", subject: "cache_control", note: `the first ${surplus} of ${total}` });
  return (mark) => {
    if (mark === undefined) return {};
    if (surplus > 0) {
      surplus -= 1;
      return {};
    }
    return { cache_control: { type: "ephemeral", ttl: mark.ttl } };
  };
}

/** @throws GatewayError what this dialect or this model cannot carry, and a client must not lose silently. */
export function refuse(code: ErrorCode & `unsupported_${string}`, param: string, message: string): never {
  throw new GatewayError(code, message, { message, param });
}
