import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestRecord } from "../../src/exchange/settlement.ts";
import {
  ChatService,
  FinishReason,
  Role,
  type StreamPart,
} from "../../src/platform/protobuf/generated/ai/v1/chat_pb.ts";
import { type AiStand, aiStand, asked } from "../support/grpc/ai-stand.ts";
import { ownWays } from "../support/grpc/own-clients.ts";

let stand: AiStand;
beforeAll(async () => {
  stand = await aiStand();
});
afterAll(async () => stand[Symbol.asyncDispose]());

/** The same question over HTTP. */
async function overHttp(isStream: boolean): Promise<RequestRecord> {
  const told = await fetch(`${stand.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${stand.gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "chat/m-1",
      messages: [{ role: "user", content: "Who goes there?" }],
      stream: isStream,
    }),
  });
  await told.text();
  return stand.recordOf(told.headers.get("x-sallyport-request-id"));
}

/** What has to be one and the same, whatever the client speaks. */
const samePart = ({
  usage,
  cost,
  model,
  provider,
  finish,
  outcome,
  status,
  keyId,
  isStream,
}: RequestRecord) => ({
  ...{ model, provider, finish, outcome, status, keyId, isStream },
  usage: { input: usage?.input, output: usage?.output, basis: usage?.basis },
  cost,
});

const textOf = (parts: readonly StreamPart[]): string =>
  parts.map(({ kind }) => (kind.case === "textDelta" ? kind.value.text : "")).join("");

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function failureOf(act: Promise<unknown>): Promise<ConnectError> {
  try {
    await act;
  } catch (thrown) {
    return ConnectError.from(thrown);
  }
  return expect.fail("no failure");
}

describe.for(ownWays)("$name", ({ open }) => {
  const client = () => createClient(ChatService, open(stand.origin, stand.gateway.key));

  it("completes, with the tokens, the cost and the record of the same call over HTTP", async () => {
    let id: string | null = null;
    const told = await client().complete(asked("m-1"), {
      onHeader: (headers) => {
        id = headers.get("x-sallyport-request-id");
      },
    });
    expect(told).toMatchObject({
      id,
      model: "m-1",
      parts: [{ kind: { case: "text", value: { text: "héllo 🙂" } } }],
      finish: { reason: FinishReason.STOP },
      usage: { input: 9, output: 3, isEstimated: false },
      costNanoUsd: 15_000n,
    });
    const record = await stand.recordOf(id);
    expect(record).toMatchObject({
      dialect: "ai-v1",
      path: "/ai.v1.ChatService/Complete",
      lane: "canonical",
    });
    expect(samePart(record)).toEqual(samePart(await overHttp(false)));
  });

  it("streams, the usage and the cost in the last message", async () => {
    let id: string | null = null;
    let trailer: string | null = null;
    const parts = await all(
      client().streamComplete(asked("m-1"), {
        onHeader: (headers) => {
          id = headers.get("x-sallyport-request-id");
        },
        onTrailer: (trailers) => {
          trailer = trailers.get("x-sallyport-cost-nano-usd");
        },
      }),
    );
    expect(textOf(parts)).toBe("héllo 🙂");
    expect(parts.map(({ kind }) => kind.case)).toEqual([
      ...["start", "textStart", "textDelta", "textDelta", "textEnd", "finish"],
    ]);
    expect(parts.at(-1)?.kind.value).toMatchObject({
      finish: { reason: FinishReason.STOP },
      usage: { input: 9, output: 3 },
      costNanoUsd: 15_000n,
    });
    expect(trailer).toBe("15000");
    expect(samePart(await stand.recordOf(id))).toEqual(samePart(await overHttp(true)));
  });

  it("embeds", async () => {
    const told = await client().embed({ model: "chat/e-1", inputs: ["a", "b"] });
    expect(told).toMatchObject({
      vectors: [{ values: [0.5, 1] }, { values: [-1, 0.25] }],
      usage: { input: 4 },
      costNanoUsd: 4000n,
    });
  });

  it("is told when to come back by what limits it", async () => {
    const failure = await failureOf(client().complete(asked("limited"), { timeoutMs: 5000 }));
    expect(failure.code).toBe(Code.ResourceExhausted);
    expect(failure.metadata.get("x-sallyport-error")).toBe("upstream_rate_limited");
    expect(failure.details).toMatchObject([{ type: "google.rpc.RetryInfo" }]);
  });

  it("is told in trailers of what breaks after the first message", async () => {
    const heard: StreamPart[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const part of client().streamComplete(asked("broken"))) heard.push(part);
      })(),
    );
    expect(textOf(heard)).toBe("half");
    expect(failure.code).toBe(Code.Unavailable);
  });

  it("is refused without a key, and for a model that there is not", async () => {
    const stranger = createClient(ChatService, open(stand.origin));
    expect((await failureOf(stranger.complete(asked("m-1")))).code).toBe(Code.Unauthenticated);
    expect((await failureOf(all(stranger.streamComplete(asked("m-1"))))).code).toBe(Code.Unauthenticated);
    const unknown = await failureOf(client().complete({ ...asked("m-1"), model: "nobody/none" }));
    expect(unknown.code).toBe(Code.NotFound);
    expect(unknown.rawMessage).toContain("nobody/none");
  });

  it("is told what is wrong with its message, by the names of the .proto", async () => {
    const failure = await failureOf(
      client().complete({ ...asked("m-1"), messages: [{ role: Role.USER, parts: [{}] }] }),
    );
    expect(failure.code).toBe(Code.InvalidArgument);
    expect(failure.rawMessage).toContain("messages[0].parts[0]");
  });

  it("has the time that it gives a call, and no more", async () => {
    const startedAt = performance.now();
    const failure = await failureOf(
      client().complete(asked("silent"), { headers: { "x-sallyport-timeout": "150ms" } }),
    );
    expect(failure.code).toBe(Code.DeadlineExceeded);
    expect(performance.now() - startedAt).toBeGreaterThan(140);
  });
});
