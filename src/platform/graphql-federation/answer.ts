import { GatewayError } from "../../kernel/errors.ts";
import type { FederationLimits } from "../../ports/graphql-federation.ts";

export interface SubgraphFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly extensions: unknown;
}

export interface Answer {
  readonly data: unknown;
  readonly faults: readonly SubgraphFault[];
}

/** Holds an answer against what any subgraph may say; throws `upstream_malformed_response`. */
export function readAnswer(value: unknown, limits: FederationLimits): Answer {
  refuseHostile(value, limits);
  const data = ownOf(value, "data");
  const errors = ownOf(value, "errors");
  if (data === undefined && errors === undefined) throw malformed("it is no GraphQL result");
  if (!isObject(data ?? {})) throw malformed("data is no object");
  if (!Array.isArray(errors ?? [])) throw malformed("errors is no list");
  const list: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, limits.errorsMax) : [];
  return { data: data ?? null, faults: list.map((error) => faultIn(error, limits)) };
}

/** Its path is cut where no answer is that deep: it is walked, copied and kept for each place at which the error stands. */
function faultIn(error: unknown, { answerDepthMax }: FederationLimits): SubgraphFault {
  const message = ownOf(error, "message");
  const path = ownOf(error, "path");
  return {
    message: typeof message === "string" ? message : "error",
    path: Array.isArray(path)
      ? path.slice(0, answerDepthMax).filter((step) => typeof step === "string" || typeof step === "number")
      : [],
    extensions: ownOf(error, "extensions"),
  };
}

export function malformed(detail: string): GatewayError {
  return new GatewayError("upstream_malformed_response", `a subgraph's answer: ${detail}`);
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that the value itself has; never one of its prototype. */
export function ownOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

/** Looks through all of it without recursion: an answer may be as deep as a parser allows. */
function refuseHostile(root: unknown, limits: FederationLimits): void {
  const open: { readonly value: object; readonly depth: number; readonly name: string }[] = [
    { value: [root], depth: 0, name: "" },
  ];
  let values = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one.depth > limits.answerDepthMax) throw malformed("it is too deep");
    const names = Array.isArray(one.value) ? [] : Object.keys(one.value);
    if (isPolluting(one.name, names)) throw malformed("it names a prototype");
    const inner: readonly unknown[] = Object.values(one.value);
    values += inner.length;
    if (values > limits.answerValuesMax) throw malformed("it has too many values");
    for (const [index, value] of inner.entries())
      if (typeof value === "object" && value !== null)
        open.push({ value, depth: one.depth + 1, name: names[index] ?? "" });
  }
}

const isPolluting = (name: string, members: readonly string[]): boolean =>
  members.includes("__proto__") || (name === "constructor" && members.includes("prototype"));
