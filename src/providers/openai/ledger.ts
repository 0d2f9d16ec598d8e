import type { ClientDialect } from "../../exchange/dialect.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type ErrorCode, GatewayError } from "../../kernel/errors.ts";

/** What did not cross while one request was written: declarations, and the first thing that forbids it altogether. */
export interface Ledger {
  /** Declares; the same kind and subject once. Parameters are named as OpenAI does. */
  readonly note: (warning: Warning) => void;
  /** `param`: the client's member that is at fault, where it is one. */
  readonly refuse: (
    code: Extract<ErrorCode, "unsupported_content" | "unsupported_parameter">,
    what: string,
    param?: string,
  ) => void;
  readonly warnings: () => readonly Warning[];
  readonly refusal: () => GatewayError | undefined;
}

export function createLedger(model: string, source: ClientDialect): Ledger {
  const warnings = new Map<string, Warning>();
  let refusal: GatewayError | undefined;
  return {
    note(warning) {
      const subject = nameFor(source, warning.subject);
      const key = `${warning.kind} ${subject}`;
      if (!warnings.has(key)) warnings.set(key, { ...warning, subject });
    },
    refuse(code, what, param) {
      refusal ??= new GatewayError(code, `${what} cannot be sent to ${model} in the Responses dialect`, {
        message: `The model behind this route does not take ${what}.`,
        ...(param !== undefined && { param: nameFor(source, param) }),
      });
    },
    warnings: () => [...warnings.values()],
    refusal: () => refusal,
  };
}

/** How the client calls a parameter: Gemini's clients write `topK` for `top_k`. */
function nameFor(source: ClientDialect, name: string): string {
  return source === "gemini-generate" ? camelCase(name) : name;
}

export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
