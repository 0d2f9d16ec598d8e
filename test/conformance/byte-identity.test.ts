import { describe, expect, it } from "vitest";
import { type ByteReplay, byteReplay, every, type Replayed, whole } from "../support/byte-replay.ts";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../support/recorded-traffic.ts";

type Protocol = "chat" | "messages" | "responses" | "gemini";

/** What was recorded of one provider, and how its clients ask us. */
interface Case {
  readonly dialect: string;
  readonly protocol: Protocol;
  readonly target: (record: Recorded) => string;
  /** How many exchanges there are, so that none goes missing unseen. */
  readonly count: number;
}

const at = (target: string) => () => target;
const asRecorded = ({ uri }: Recorded): string => uri.replace(/^https?:\/\/[^/]+/, "");
const chat = { protocol: "chat", target: at("/v1/chat/completions") } as const;
const gemini = { protocol: "gemini", target: asRecorded } as const;
const cases: readonly Case[] = [
  { dialect: "openai.chat", ...chat, count: 434 },
  { dialect: "groq.chat", ...chat, count: 14 },
  { dialect: "deepseek.chat", ...chat, count: 3 },
  { dialect: "mistral.chat", ...chat, count: 18 },
  { dialect: "api.together.ai.chat", ...chat, count: 8 },
  { dialect: "local.chat", ...chat, count: 7 },
  { dialect: "azure.chat", protocol: "chat", target: (record) => `/azure${asRecorded(record)}`, count: 56 },
  { dialect: "anthropic.messages", protocol: "messages", target: at("/v1/messages"), count: 95 },
  { dialect: "openai.responses", protocol: "responses", target: at("/v1/responses"), count: 118 },
  { dialect: "gemini.generateContent", ...gemini, count: 62 },
  { dialect: "vertex-gemini.generateContent", ...gemini, count: 27 },
];

/** Where the word begins that says how the answer ended: a stream that is cut before it is no whole answer. */
const finishAt: Readonly<Record<Protocol, (text: string) => number>> = {
  chat: (text) => text.search(/"finish_reason":\s*"/),
  messages: (text) => text.indexOf("event: message_delta"),
  responses: (text) => text.search(/event: response\.(completed|incomplete|failed)/),
  // An array says it with its bracket as well.
  gemini: (text) => (text.startsWith("[") ? text.lastIndexOf("]") : text.search(/"finishReason":\s*"/)),
};

/** An error that was recorded with status 200: told to clients as the refusal that it is. */
const isToldError = ({ status, response }: Recorded): boolean =>
  status === 200 && /^\s*\{\s*"error"\s*:\s*\{/.test(response.toString("latin1"));
const isArray = ({ response }: Recorded): boolean => response[0] === 0x5b;
/** As the dialect lets a stream be written in other line ends; in an array they are the space between the values. */
const withLineEnds = (record: Recorded, lineEnd: string): Recorded => ({
  ...record,
  response: Buffer.from(record.response.toString("latin1").replaceAll(/\r?\n/g, lineEnd), "latin1"),
});

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
function expectSent(replayed: Replayed, record: Recorded, protocol: Protocol): void {
  if (replayed.sent.equals(record.request)) return;
  expect(protocol, record.name).toBe("chat");
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

/** Gemini's model, action and form of the stream are in the path. */
function expectSentTo({ sentPath }: Replayed, record: Recorded): void {
  const [, model, action] = /models\/([^:]+):(\w+)/.exec(record.uri) ?? [];
  const query = record.isStream ? "?alt=sse" : "";
  expect({ name: record.name, sentPath }).toEqual({
    name: record.name,
    sentPath: `/v1beta/models/${model}:${action}${query}`,
  });
}

/** Whether the client was told, in words of its dialect, that this is not all. */
function tellsFailure({ status, body }: Replayed, protocol: Protocol): boolean {
  const text = body.toString();
  if (status >= 400) return /"error"\s*:\s*\{/.test(text);
  const last = text.slice(text.trimEnd().lastIndexOf("\n\n") + 1);
  // Each answer of Responses has a member `error`; an error is an event of its own.
  return protocol === "responses"
    ? /^event: (?:error|response\.failed)$/m.test(last)
    : /"error"\s*:\s*\{/.test(last);
}

describe.skipIf(!hasRecordedTraffic())("recorded traffic through the gateway, same dialect", () => {
  describe.for(cases)("$dialect", ({ dialect, protocol, target, count }) => {
    // Three recordings are a 200 without a body: no answer, and told as none (the test below).
    const all = recordedTraffic(dialect);
    const records = all.filter((record) => record.response.length > 0 && !isToldError(record));
    const streams = records.filter((record) => record.isStream || isArray(record));
    const play = ({ replay }: ByteReplay, record: Recorded, cut = whole): Promise<Replayed> =>
      replay(record, cut, target(record));

    it("passes all answers byte for byte, and the requests with no more than the usage splice", async () => {
      expect(all).toHaveLength(count);
      const answering = await byteReplay();
      for (const record of records) {
        // A refusal teaches what a model does not take: each has a gateway to itself, whose lesson nobody else learns.
        const replay = record.status === 200 ? answering : await byteReplay();
        const replayed = await play(replay, record);
        expectSame(replayed, record);
        expectSent(replayed, record, protocol);
        if (protocol === "gemini") expectSentTo(replayed, record);
      }
      const answered = await answering.memory.records();
      expect(answered).toHaveLength(records.filter(({ status }) => status === 200).length);
      expect(answered.filter(({ outcome }) => outcome !== "completed")).toEqual([]);
      expect(answered.filter(({ isStream, usage }) => !isStream && usage === null)).toEqual([]);
    });

    it("takes an empty 200 for what it is: a failure of the upstream", async () => {
      const [sample] = records.filter(({ isStream, status }) => !isStream && status === 200);
      if (sample === undefined) return;
      const empty = { ...sample, response: Buffer.alloc(0) };
      expect((await play(await byteReplay(), empty)).status).toBe(502);
    });

    it("takes an error with status 200 for the refusal that it is", async () => {
      const told = all.filter(isToldError);
      expect(told).toHaveLength(dialect === "azure.chat" ? 1 : 0);
      for (const record of told) {
        const { status, body } = await play(await byteReplay(), record);
        expect({ status, code: JSON.parse(body.toString()).error.code }).toEqual({
          status: 400,
          code: "content_policy_violation",
        });
      }
    });

    it.for([
      { name: "every byte", cut: every(1) },
      { name: "every 7th byte", cut: every(7) },
    ])("passes the streams byte for byte when cut at $name", async ({ cut }) => {
      const replay = await byteReplay();
      expect(streams.length).toBeGreaterThan(1);
      for (const record of streams) expectSame(await play(replay, record, cut), record);
    });

    it.for([
      { name: "CRLF", lineEnd: "\r\n" },
      { name: "LF", lineEnd: "\n" },
    ])(
      "passes the streams byte for byte when rewritten to $name, whole and cut at every byte",
      async ({ lineEnd }) => {
        const replay = await byteReplay();
        for (const record of streams) {
          const rewritten = withLineEnds(record, lineEnd);
          if (rewritten.response.equals(record.response)) continue;
          expectSame(await play(replay, rewritten), rewritten);
          expectSame(await play(replay, rewritten, every(1)), rewritten);
        }
      },
    );

    it("never ends a stream as a success when it was cut before its finish, wherever the cut is", async () => {
      const replay = await byteReplay();
      for (const record of streams.slice(0, 16)) {
        const mark = finishAt[protocol](record.response.toString("latin1"));
        expect(mark, record.name).toBeGreaterThan(0);
        for (let end = 1; end < mark; end += Math.max(1, Math.floor(mark / 40))) {
          const cutOff = { ...record, response: record.response.subarray(0, end) };
          const replayed = await play(replay, cutOff);
          if (!tellsFailure(replayed, protocol))
            expect.fail(`${record.name} cut at ${end}: ${replayed.status} ${replayed.body.toString()}`);
        }
      }
    });
  });
});
