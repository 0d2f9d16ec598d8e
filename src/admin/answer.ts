import type * as z from "zod";
import type { Operator } from "../exchange/operator.ts";
import type { GatewayError } from "../kernel/errors.ts";
import type { Caller } from "./caller.ts";
import type { RouteId, routes } from "./routes.ts";
import type { components } from "./schemas.ts";

/** One request that was let in, as an answer sees it. */
export interface Asked {
  /** What stands for `{id}` in the path. */
  readonly name: string;
  /** `undefined` on public routes for callers without a credential. */
  readonly caller: Caller | undefined;
  /** Whose call it is, and what they may reach; on public routes somebody who reaches all. */
  readonly operator: Operator;
  readonly isSecure: boolean;
  readonly query: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
  readonly body: <Schema extends z.ZodType>(schema: Schema) => Promise<z.output<Schema>>;
  /** Takes note that a credential was wrong; what to throw. */
  readonly refused: (refusal: GatewayError) => GatewayError;
}

/** A value and the header that goes with it. */
export interface Answered<Data> {
  readonly data: Data;
  readonly headers?: readonly string[];
}

type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : Value extends object
    ? { readonly [Member in keyof Value]: Shown<Value[Member]> }
    : Value;
export type DataOf<Id extends RouteId> = (typeof routes)[Id]["answer"] extends infer Name extends
  keyof typeof components
  ? Shown<z.output<(typeof components)[Name]>>
  : unknown;

/** What answers each route; the compiler holds every answer against the schema that the route declares. */
export type Answers = {
  readonly [Id in RouteId]: (asked: Asked) => Answered<DataOf<Id>> | Promise<Answered<DataOf<Id>>>;
};
