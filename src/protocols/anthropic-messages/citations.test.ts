import { describe, expect, it } from "vitest";
import type { AnswerPart, Citation, Part } from "../../exchange/part.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeStream } from "./encode-stream.ts";
import { context, grammarAfter, sdkFinalMessage, sdkMessage } from "./official-sdk.test-support.ts";

const finish = { reason: "stop", raw: "stop" } as const;
type Text = Extract<Part, { kind: "text" }>;

const page = (url: string, stretch?: readonly [number, number]): Citation => ({
  url,
  title: "T",
  ...(stretch !== undefined && { start: stretch[0], end: stretch[1] }),
  raw: {},
  origin: "openai-responses",
});
const location = (url: string) => ({
  type: "web_search_result_location",
  cited_text: "",
  url,
  title: "T",
  encrypted_index: "",
});
const own = {
  type: "char_location",
  cited_text: "q",
  document_index: 0,
  document_title: "D",
  start_char_index: 1,
  end_char_index: 2,
};
const ownCitation: Citation = { title: "D", quote: "q", raw: own, origin: "anthropic-messages" };

function whole(parts: readonly Part[]) {
  const { body, warnings } = encodeAnswer({ answerId: "a", model: "m", parts, finish }, context);
  return { body, content: JSON.parse(body).content, warnings: warnings.map(({ subject }) => subject) };
}

function stream(parts: readonly AnswerPart[]) {
  const encoder = encodeStream(context);
  const told: readonly AnswerPart[] = [
    { kind: "start", answerId: "a", model: "m" },
    ...parts,
    { kind: "finish", finish },
  ];
  const events = told.map((part) => encoder.push(part)).join("");
  return { events, warnings: encoder.warnings().map(({ subject }) => subject) };
}

describe("rule 43: citations for a Messages client", () => {
  it.for<{ name: string; text: string; citations: readonly Citation[]; blocks: readonly object[] }>([
    {
      name: "of the whole text",
      text: "a b c",
      citations: [page("https://a"), page("https://b", [2, 3])],
      blocks: [{ type: "text", text: "a b c", citations: [location("https://a"), location("https://b")] }],
    },
    {
      name: "of stretches, which are blocks of their own",
      text: "so a and b end",
      citations: [page("https://a", [3, 4]), page("https://b", [9, 10])],
      blocks: [
        { type: "text", text: "so " },
        { type: "text", text: "a", citations: [location("https://a")] },
        { type: "text", text: " and " },
        { type: "text", text: "b", citations: [location("https://b")] },
        { type: "text", text: " end" },
      ],
    },
    {
      name: "of stretches that overlap",
      text: "abcd",
      citations: [page("https://a", [0, 3]), page("https://b", [1, 4])],
      blocks: [
        { type: "text", text: "a", citations: [location("https://a")] },
        { type: "text", text: "bc", citations: [location("https://a"), location("https://b")] },
        { type: "text", text: "d", citations: [location("https://b")] },
      ],
    },
    {
      name: "of stretches with nothing but white space around",
      text: " \na\n b",
      citations: [page("https://a", [2, 3]), page("https://b", [5, 6])],
      blocks: [
        { type: "text", text: " \na\n ", citations: [location("https://a")] },
        { type: "text", text: "b", citations: [location("https://b")] },
      ],
    },
    {
      name: "of a stretch that runs beyond the text",
      text: "ab",
      citations: [page("https://a", [1, 9])],
      blocks: [
        { type: "text", text: "a" },
        { type: "text", text: "b", citations: [location("https://a")] },
      ],
    },
  ])("$name", async ({ text, citations, blocks }) => {
    const { body, content, warnings } = whole([{ kind: "text", text, citations }]);
    expect(content).toEqual(blocks);
    expect(content.map((block: Text) => block.text).join("")).toBe(text);
    expect(warnings).toEqual(["usage"]);
    expect((await sdkMessage(body)).content).toEqual(blocks);
  });

  it("that are this provider's own go on as they were; those without an address are declared", () => {
    const lost: Citation = { title: "D", raw: {}, origin: "gemini-generate" };
    const { content, warnings } = whole([{ kind: "text", text: "a", citations: [ownCitation, lost] }]);
    expect(content).toEqual([{ type: "text", text: "a", citations: [own] }]);
    expect(warnings).toEqual(["citations", "usage"]);
  });

  it("are deltas of the open text in a stream, as the official SDK reads them", async () => {
    const { events, warnings } = stream([
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "citation", part: 0, citation: page("https://a", [0, 1]) },
      { kind: "citation", part: 0, citation: ownCitation },
      { kind: "text-end", part: 0 },
    ]);
    expect(grammarAfter(events)).toEqual({ kind: "ended" });
    const { content } = await sdkFinalMessage(events);
    expect(content).toMatchObject([{ type: "text", text: "a", citations: [location("https://a"), own] }]);
    expect(warnings).toEqual(["usage"]);
  });

  it("open no block of their own: of a text that is blank they are declared", () => {
    const { events, warnings } = stream([
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: " " },
      { kind: "citation", part: 0, citation: ownCitation },
      { kind: "text-end", part: 0 },
    ]);
    expect(events).not.toContain("content_block_start");
    expect(warnings).toEqual(["citations", "usage"]);
  });

  it("come back as what they were: the provider's own, or another's by the place they lack", () => {
    const content = [{ type: "text", text: "a", citations: [own, location("https://a")] }];
    const body = { model: "m", max_tokens: 9, messages: [{ role: "assistant", content }] };
    const decoding = decodeCall(new TextEncoder().encode(JSON.stringify(body)));
    if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
    expect(decoding.warnings).toEqual([]);
    expect(decoding.call.turns[0]?.parts).toEqual([
      {
        kind: "text",
        text: "a",
        citations: [
          ownCitation,
          { url: "https://a", title: "T", raw: location("https://a"), origin: "openai-chat" },
        ],
      },
    ]);
  });
});
