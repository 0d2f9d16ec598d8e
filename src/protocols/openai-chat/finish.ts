import type { Finish } from "../../exchange/finish.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { ChatFinish } from "./wire.ts";

/**
 * A finish in the words of Chat. Calls make it `tool_calls`, their absence `stop`, whatever the provider said; what
 * Chat has no word for is never `stop`, except a pause, and is declared.
 */
export function finishFor(
  finish: Finish,
  calls: number,
): { readonly reason: ChatFinish; readonly warnings: readonly Warning[] } {
  switch (finish.reason) {
    case "stop":
    case "stop-sequence":
    case "tool-calls":
      return { reason: calls > 0 ? "tool_calls" : "stop", warnings: [] };
    case "length":
    case "context-length":
      return { reason: "length", warnings: [] };
    case "refusal":
      // A Chat server itself ends a refusal in `stop`.
      return { reason: finish.raw === "stop" ? "stop" : "content_filter", warnings: [] };
    case "content-filter":
      return { reason: "content_filter", warnings: [] };
    case "pause":
      return { reason: "stop", warnings: [changed(finish)] };
    case "other":
      return { reason: "content_filter", warnings: [changed(finish)] };
  }
}

function changed(finish: Finish): Warning {
  return {
    kind: "changed",
    subject: "finish_reason",
    note: `The provider said ${finish.raw === "" ? "nothing" : finish.raw}.`,
  };
}
