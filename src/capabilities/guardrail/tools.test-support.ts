import type { Condition } from "../../ports/expressions.ts";

/** A condition of the tests: `largest` holds for amounts above 5. */
export function createExpressionsOf(when: string | undefined): { readonly condition?: Condition } {
  return when === undefined
    ? {}
    : { condition: (factOf) => ({ isTrue: Number(factOf("args", "amount")) > 5 }) };
}
