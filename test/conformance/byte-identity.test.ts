import { describe, expect, it } from "vitest";
import {
  anthropicUpstream,
  type MemoryGateway,
  memoryGateway,
  openaiUpstream,
} from "../support/memory-gateway.ts";
import type { UpstreamRequest } from "../../src/ports/transport.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../support/recorded-traffic.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";

const dialects = [
  { dialect: "openai.chat", target: "/v1/chat/completions" },
  { dialect: "anthropic.messages", target: "/v1/messages" },
] as const;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A gateway in memory whose upstream plays one recorded answer, cut as the test wants. */
async function replayer(): Promise<{
  readonly memory: MemoryGateway;
  readonly replay: (record: Recorded, cut: Cut, target: string) => Promise<Replayed>;
}> {
  let script: readonly Step[] = [];
  const transport: ScriptedTransport = scriptedTransport(() => script);
  const everything = { globs: ["*"] };
  const memory = await memoryGateway({
    transport,
    providers: [
      { ...openaiUpstream, ...everything, dialects: ["openai-chat", "anthropic-messages"] },
      { ...anthropicUpstream, globs: [] },
    ],
  });
  return {
    memory,
    replay: async (record, cut, target) => {
      script = [
        { kind: "head", status: record.status, headers: record.headers },
        ...cut(record.response).map((bytes): Step => ({ kind: "data", bytes })),
        { kind: "end" },
      ];
      const client = recordedReply();
      const before = transport.sent.length;
      memory.gateway.handle(
        inboundRequest({
          target,
          headers: {
            authorization: `Bearer ${memory.key}`,
            "content-type": "application/json",
            "anthropic-version": "2023-06-01",
          },
          body: record.request,
          reply: client.reply,
        }),
      );
      await turn();
      const played = transport.sent[before];
      while (played?.step() === true);
      await turn();
      return {
        status: client.status(),
        body: client.bytes(),
        isEnded: client.isEnded(),
        sent: wholeBody(played?.request.body),
        lane: client.header("x-sallyport-lane"),
      };
    },
  };
}

interface Replayed {
  readonly status: number;
  readonly body: Buffer;
  readonly isEnded: boolean;
  readonly sent: Buffer;
  readonly lane: string | undefined;
}
type Cut = (bytes: Buffer) => readonly Buffer[];

function wholeBody(body: UpstreamRequest["body"]): Buffer {
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  throw new Error("an AI call sends its body whole");
}

const whole: Cut = (bytes) => [bytes];
const every =
  (size: number): Cut =>
  (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );

function expectSame(replayed: Replayed, record: Recorded): void {
  expect({
    name: record.name,
    status: replayed.status,
    lane: replayed.lane,
    isEnded: replayed.isEnded,
  }).toEqual({ name: record.name, status: record.status, lane: "bytes", isEnded: true });
  if (!replayed.body.equals(record.response))
    expect({ name: record.name, body: replayed.body.toString() }).toEqual({
      name: record.name,
      body: record.response.toString(),
    });
}

/** What the upstream received: the client's bytes, except that a Chat stream is asked for its usage. */
function expectSent(replayed: Replayed, record: Recorded): void {
  if (replayed.sent.equals(record.request)) return;
  const asked: { stream?: boolean; stream_options?: { include_usage?: boolean } } = JSON.parse(
    record.request.toString(),
  );
  expect(asked.stream, record.name).toBe(true);
  expect(asked.stream_options?.include_usage, record.name).not.toBe(true);
  const splice = ',"stream_options":{"include_usage":true}';
  const sent = replayed.sent.toString();
  if (asked.stream_options === undefined)
    expect(sent.replace(splice, ""), record.name).toBe(record.request.toString());
  else
    expect(JSON.parse(sent), record.name).toEqual({
      ...asked,
      stream_options: { ...asked.stream_options, include_usage: true },
    });
}

describe.skipIf(!hasRecordedTraffic())("recorded traffic through the gateway, same dialect", () => {
  describe.for(dialects)("$dialect", ({ dialect, target }) => {
    // One recording is a 200 without a body: no answer, and told as none (the test below).
    const all = recordedTraffic(dialect);
    const records = all.filter(({ response }) => response.length > 0);
    const streams = records.filter(({ isStream }) => isStream);

    it(`passes all ${records.length} answers byte for byte, and the requests with no more than the usage splice`, async () => {
      const { replay, memory } = await replayer();
      for (const record of records) {
        const replayed = await replay(record, whole, target);
        expectSame(replayed, record);
        expectSent(replayed, record);
      }
      const settled = await memory.records();
      expect(settled).toHaveLength(records.length);
      const answered = settled.filter(({ status }) => status === 200);
      expect(answered.filter(({ outcome }) => outcome !== "completed")).toEqual([]);
      expect(answered.filter(({ isStream, usage }) => !isStream && usage === null)).toEqual([]);
    });

    it("takes an empty 200 for what it is: a failure of the upstream", async () => {
      const { replay } = await replayer();
      const [sample] = records;
      const empty = all.find(({ response }) => response.length === 0) ?? {
        ...sample,
        response: Buffer.alloc(0),
        isStream: false,
      };
      expect(
        (
          await replay(
            {
              name: "empty",
              dialect,
              status: 200,
              request: records[0]?.request ?? Buffer.alloc(0),
              headers: { "content-type": "application/json" },
              ...empty,
            },
            whole,
            target,
          )
        ).status,
      ).toBe(502);
    });

    it.for([
      { name: "every byte", cut: every(1) },
      { name: "every 7th byte", cut: every(7) },
    ])("passes the streams byte for byte when cut at $name", async ({ cut }) => {
      const { replay } = await replayer();
      expect(streams.length).toBeGreaterThan(50);
      for (const record of streams) expectSame(await replay(record, cut, target), record);
    });

    it("passes the streams byte for byte when rewritten to CRLF, whole and cut at every byte", async () => {
      const { replay } = await replayer();
      for (const record of streams) {
        const rewritten = {
          ...record,
          response: Buffer.from(record.response.toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1"),
        };
        expectSame(await replay(rewritten, whole, target), rewritten);
        expectSame(await replay(rewritten, every(1), target), rewritten);
      }
    });

    it("never ends a stream as a success when it was cut before its finish, wherever the cut is", async () => {
      const { replay } = await replayer();
      for (const record of streams.slice(0, 12)) {
        const text = record.response.toString("latin1");
        const mark =
          dialect === "openai.chat"
            ? text.search(/"finish_reason":\s*"/)
            : text.indexOf("event: message_stop");
        expect(mark, record.name).toBeGreaterThan(0);
        for (let at = 1; at < mark; at += Math.max(1, Math.floor(mark / 40))) {
          const cutOff = { ...record, response: record.response.subarray(0, at) };
          const replayed = await replay(cutOff, whole, target);
          expect(replayed.body.toString(), `${record.name} cut at ${at}`).toContain('"error"');
        }
      }
    });
  });
});
