import type { ClientDialect } from "../../exchange/dialect.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { ErrorCode } from "../../kernel/errors.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { ModelAbilities } from "./model-version.ts";

/** What writing one request needs to know and to remember. */
export interface RequestNotes {
  readonly source: ClientDialect;
  readonly abilities: ModelAbilities;
  /** Declares; the same kind and subject once. */
  readonly warn: (warning: Warning) => void;
  readonly warnings: () => readonly Warning[];
}

export function createNotes(source: ClientDialect, abilities: ModelAbilities): RequestNotes {
  const warnings = new Map<string, Warning>();
  return {
    source,
    abilities,
    warn(warning) {
      const key = `${warning.kind} ${warning.subject}`;
      if (!warnings.has(key)) warnings.set(key, warning);
    },
    warnings: () => [...warnings.values()],
  };
}

/** @throws GatewayError what this dialect or this model cannot carry, and a client must not lose silently. */
export function refuse(code: ErrorCode & `unsupported_${string}`, param: string, message: string): never {
  throw new GatewayError(code, message, { message, param });
}
