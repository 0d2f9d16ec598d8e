import type { Finish } from "../../exchange/finish.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { IncompleteDetails } from "./wire.ts";

/** How an answer ended, in this dialect. */
export interface Ending {
  readonly status: "completed" | "incomplete";
  readonly details: IncompleteDetails | null;
  readonly warnings: readonly Warning[];
}

/**
 * The end of an answer in this dialect. A refusal is a completed answer with a refusal in it, which whoever writes it
 * has to see to. What the dialect has no word for is incomplete, and declared.
 */
export function endingFor(finish: Finish): Ending {
  switch (finish.reason) {
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "refusal":
      return { status: "completed", details: null, warnings: [] };
    case "length":
    case "context-length":
      return incomplete({ reason: "max_output_tokens" });
    case "content-filter":
      return incomplete({ reason: "content_filter" });
    case "pause":
      return incomplete(null, changed(finish));
    case "other":
      return incomplete({ reason: "content_filter" }, changed(finish));
  }
}

function incomplete(details: IncompleteDetails | null, ...warnings: readonly Warning[]): Ending {
  return { status: "incomplete", details, warnings };
}

function changed({ raw }: Finish): Warning {
  return {
    kind: "changed",
    subject: "incomplete_details",
    note: `The provider said ${raw === "" ? "nothing" : raw}.`,
  };
}
