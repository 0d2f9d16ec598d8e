import type * as z from "zod";
import { GatewayError } from "../kernel/errors.ts";
import type { Caller } from "./caller.ts";

/** One request that was let in, as an answer sees it. */
export interface Asked {
  /** What stands for `{id}` in the path. */
  readonly name: string;
  /** `undefined` on public routes for callers without a credential. */
  readonly caller: Caller | undefined;
  readonly isSecure: boolean;
  readonly header: (name: string) => string | undefined;
  readonly query: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
  readonly body: <Schema extends z.ZodType>(schema: Schema) => Promise<z.output<Schema>>;
  /** Takes note that a credential was wrong; what to throw. */
  readonly refused: (refusal: GatewayError) => GatewayError;
}

/** @throws GatewayError `route_not_found`. */
export function missing(what: string): never {
  throw new GatewayError("route_not_found", `no ${what} of this id`, {
    message: `There is no ${what} of this id.`,
    param: "id",
  });
}
