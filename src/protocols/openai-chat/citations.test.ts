import { describe, expect, it } from "vitest";
import type { AnswerPart, Citation, Part } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { clientOf, contextOf } from "./answers.test-support.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatStream } from "./encode-stream.ts";

const finish = { reason: "stop", raw: "stop" } as const;
const gemini = (start: number, end: number): Citation => ({
  url: "https://a",
  title: "A",
  start,
  end,
  raw: {},
  origin: "gemini-generate",
});
const page: Citation = { url: "https://b", raw: { type: "x" }, origin: "anthropic-messages" };
const document: Citation = { title: "D", quote: "q", raw: {}, origin: "anthropic-messages" };

const cited: readonly Extract<Part, { kind: "text" }>[] = [
  { kind: "text", text: "🎉 a. ", citations: [gemini(3, 5)] },
  { kind: "text", text: "🎉 b.", citations: [page, gemini(3, 5)] },
];
const annotations = [
  { type: "url_citation", url_citation: { start_index: 2, end_index: 4, url: "https://a", title: "A" } },
  { type: "url_citation", url_citation: { start_index: 5, end_index: 9, url: "https://b", title: "" } },
  { type: "url_citation", url_citation: { start_index: 7, end_index: 9, url: "https://a", title: "A" } },
];

function stream(parts: readonly Extract<Part, { kind: "text" }>[]) {
  const encoder = encodeChatStream(contextOf());
  const events = [
    { kind: "start", answerId: "a", model: "m" } as const,
    ...parts.flatMap((value, part): readonly AnswerPart[] => [
      { kind: "text-start", part },
      ...value.text.split("").map((text) => ({ kind: "text-delta", part, text }) as const),
      ...(value.citations ?? []).map((citation) => ({ kind: "citation", part, citation }) as const),
      { kind: "text-end", part },
    ]),
    { kind: "finish", finish } as const,
  ].map((part) => encoder.push(part));
  const reader = createSseReader();
  const told = reader
    .push(new TextEncoder().encode(events.join("")))
    .flatMap(({ data }) => (data === "[DONE]" ? [] : (JSON.parse(data).choices[0].delta.annotations ?? [])));
  return { told, warnings: encoder.warnings(), events: events.join("") };
}

describe("rule 43: citations for a Chat client", () => {
  it("count the characters of the message's whole text, and cite the whole of a text without a stretch", async () => {
    const { body, warnings } = encodeChat({ answerId: "a", model: "m", parts: cited, finish }, contextOf());
    expect(JSON.parse(body).choices[0].message.annotations).toEqual(annotations);
    expect(warnings).toEqual([]);
    const question = { model: "m", messages: [{ role: "user" as const, content: "q" }] };
    const { choices } = await clientOf(body, "application/json").chat.completions.create(question);
    expect(choices[0]?.message.annotations).toEqual(annotations);
  });

  it("are told in a stream when their text ends", () => {
    const { told, warnings, events } = stream(cited);
    expect(told).toEqual(annotations);
    expect(warnings).toEqual([]);
    expect(events.lastIndexOf('"annotations"')).toBeGreaterThan(events.lastIndexOf('"content":"b"'));
  });

  it("without an address are left out and declared", () => {
    const parts = [{ kind: "text", text: "a", citations: [document] } as const];
    const { body, warnings } = encodeChat({ answerId: "a", model: "m", parts, finish }, contextOf());
    expect(body).not.toContain("annotations");
    expect(warnings).toEqual([{ kind: "dropped", subject: "citations" }]);
    const streamed = stream(parts);
    expect(streamed.told).toEqual([]);
    expect(streamed.warnings).toEqual([{ kind: "dropped", subject: "citations" }]);
  });

  it("of a Chat server go on as they were", () => {
    const raw = { type: "url_citation", url_citation: { url: "https://a", content: "excerpt" } };
    const citation: Citation = { url: "https://a", raw, origin: "openai-chat" };
    expect(stream([{ kind: "text", text: "a", citations: [citation] }]).told).toEqual([raw]);
  });

  it("come back with the message that a client sends", () => {
    const message = { role: "assistant", content: "🎉 a.", annotations: [annotations[0], { type: "other" }] };
    const decoding = decodeChat(
      new TextEncoder().encode(JSON.stringify({ model: "m", messages: [message] })),
    );
    if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
    expect(decoding.call.turns[0]?.parts).toEqual([
      {
        kind: "text",
        text: "🎉 a.",
        citations: [
          { url: "https://a", title: "A", start: 3, end: 5, raw: annotations[0], origin: "openai-chat" },
        ],
      },
    ]);
  });
});
