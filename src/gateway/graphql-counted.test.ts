import { describe, expect, it } from "vitest";
import { GatewayError } from "../kernel/errors.ts";
import { createVirtualTime } from "../platform/memory/index.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import type { GraphqlResponse } from "../protocols/graphql/index.ts";
import { countedRunner } from "./graphql-counted.ts";

const good: GraphqlResponse = { text: "good", hasData: true, hasErrors: false };
const partial: GraphqlResponse = { text: "partial", hasData: true, hasErrors: true };
const failure = new GatewayError("upstream_failed", "it is dead");
const refusal = new GatewayError("malformed_request", "too many steps to plan");
const gone = new GatewayError("client_closed", "it went");

/** A runner whose answers are `answers`, each an answer or what it throws; and how its operations ended. */
function counted(...answers: readonly (GraphqlResponse | Error)[]) {
  const { clock, advance } = createVirtualTime();
  const client = new AbortController();
  const ended: string[] = [];
  async function* stream(): AsyncGenerator<GraphqlResponse> {
    for (const answer of answers) {
      advance(5);
      if (answer instanceof Error) throw answer;
      yield answer;
    }
  }
  const once = async (): Promise<GraphqlResponse> => {
    for await (const answer of stream()) return answer;
    throw new Error("a test without an answer");
  };
  const runner = countedRunner(
    { once, stream },
    {
      route: { id: "graph" },
      tally: { ended: (route, _of, { result, tookMs }) => ended.push(`${route} ${result} ${tookMs}`) },
    },
    { clock, signal: client.signal },
  );
  return { runner, client, ended, runnable: { operation: {} as GraphqlOperation } };
}

describe("countedRunner", () => {
  it.for<{ name: string; answer: GraphqlResponse | Error; result: string }>([
    { name: "an answer", answer: good, result: "ok" },
    { name: "errors in an answer", answer: partial, result: "errors" },
    { name: "the fault of a service", answer: failure, result: "failed" },
    { name: "a fault that is none of ours", answer: new Error("boom"), result: "failed" },
    { name: "a rule of the gateway", answer: refusal, result: "refused" },
    { name: "a client that went", answer: gone, result: "aborted" },
  ])("tells of $name, once, whether it comes whole or in pieces", async ({ answer, result }) => {
    const whole = counted(answer);
    await whole.runner.once(whole.runnable).catch(() => undefined);
    const pieces = counted(answer);
    const read = async (): Promise<void> => {
      for await (const _ of pieces.runner.stream(pieces.runnable));
    };
    await read().catch(() => undefined);
    expect([whole.ended, pieces.ended]).toEqual([[`graph ${result} 5`], [`graph ${result} 5`]]);
  });

  it("takes a stream for one with errors if any of its results has some", async () => {
    const { runner, runnable, ended } = counted(good, partial, good);
    const texts: string[] = [];
    for await (const { text } of runner.stream(runnable)) texts.push(text);
    expect(texts).toEqual(["good", "partial", "good"]);
    expect(ended).toEqual(["graph errors 15"]);
  });

  it("takes for aborted what nobody reads to its end, or whose client is gone when it ends", async () => {
    const left = counted(good, good);
    for await (const _ of left.runner.stream(left.runnable)) break;
    expect(left.ended).toEqual(["graph aborted 5"]);
    const late = counted(partial);
    late.client.abort();
    await late.runner.once(late.runnable);
    expect(late.ended).toEqual(["graph aborted 5"]);
  });
});
