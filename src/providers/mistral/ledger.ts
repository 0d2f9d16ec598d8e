import type { Warning } from "../../exchange/warning.ts";
import { type ErrorCode, GatewayError } from "../../kernel/errors.ts";

/** What did not cross while one request was written: declarations, and the first thing that forbids it altogether. */
export interface Ledger {
  /** Declares; the same once. */
  readonly note: (warning: Warning) => void;
  /** Refuses for `what`, in words; `param` is the member that asked for it. */
  readonly refuse: (
    code: Extract<ErrorCode, "unsupported_content" | "unsupported_parameter">,
    what: string,
    param?: string,
  ) => void;
  readonly warnings: () => readonly Warning[];
  readonly refusal: () => GatewayError | undefined;
}

export function createLedger(model: string): Ledger {
  const warnings = new Map<string, Warning>();
  let refusal: GatewayError | undefined;
  return {
    note(warning) {
      const key = `${warning.kind} ${warning.subject} ${warning.note ?? ""}`;
      if (!warnings.has(key)) warnings.set(key, warning);
    },
    refuse(code, what, param) {
      refusal ??= new GatewayError(code, `${what} cannot be sent to ${model} in Mistral's dialect`, {
        message: `The model behind this route does not take ${what}.`,
        ...(param !== undefined && { param }),
      });
    },
    warnings: () => [...warnings.values()],
    refusal: () => refusal,
  };
}
