import type { Finish } from "../../exchange/finish.ts";
import type { Warning } from "../../exchange/warning.ts";

/** How an answer ended, in this dialect. */
export type Ending = { readonly finishReason: string; readonly finishMessage?: string };

/** What the answer held, where it corrects what the provider said about its end. */
export interface Held {
  readonly hasRefusal: boolean;
}

/** Google's own words for a filter; `SAFETY` is the one for all others. */
const filters: ReadonlySet<string> = new Set([
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "IMAGE_OTHER",
]);

/**
 * The end of an answer in this dialect, which says `STOP` beside function calls too. An unknown reason is `OTHER` with
 * an explanation, never `STOP`.
 */
export function encodeFinish(
  finish: Finish,
  { hasRefusal }: Held,
): { readonly ending: Ending; readonly warnings: readonly Warning[] } {
  switch (finish.reason) {
    case "stop":
      return end(hasRefusal ? "SAFETY" : "STOP");
    case "tool-calls":
    case "stop-sequence":
      return end("STOP");
    case "length":
    case "context-length":
      return end("MAX_TOKENS");
    case "refusal":
      return end("SAFETY");
    case "content-filter":
      return end(filters.has(finish.raw) ? finish.raw : "SAFETY");
    case "pause":
      return end("CONTINUATION");
    case "other": {
      const said = finish.raw === "" ? "nothing" : JSON.stringify(finish.raw);
      const finishMessage = `The answer ended for a reason that is not known here: the provider said ${said}.`;
      const warning = {
        kind: "changed",
        subject: "finishReason",
        note: `the provider said ${said}`,
      } as const;
      return { ending: { finishReason: "OTHER", finishMessage }, warnings: [warning] };
    }
  }
}

function end(finishReason: string): { readonly ending: Ending; readonly warnings: readonly Warning[] } {
  return { ending: { finishReason }, warnings: [] };
}
