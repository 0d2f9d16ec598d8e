import { describe, expect, it } from "vitest";
import type { StreamPart } from "../../exchange/part.ts";
import type { Json } from "../../kernel/json.ts";
import { chunk, framesOf } from "./frames.test-support.ts";
import { createOpenaiCompatible, quirksOf } from "./index.ts";

const codec = createOpenaiCompatible(quirksOf("perplexity"));

function answerOf(message: Json, members: { readonly [member: string]: Json } = {}) {
  const body = { id: "c", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }], ...members };
  const decoding = codec.decodeAnswer(new TextEncoder().encode(JSON.stringify(body)));
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding;
}

function stream(data: readonly Json[]): readonly StreamPart[] {
  const decoder = codec.decodeStream();
  return [...framesOf([...data, "[DONE]"]).flatMap(decoder.push), ...decoder.end()];
}

const annotation = (start: number, end: number): Json => ({
  type: "url_citation",
  url_citation: { start_index: start, end_index: end, url: "https://a", title: "A" },
});

describe("rule 43: citations of a Chat answer", () => {
  const words = "🎉🎉 see [a]";
  it("count characters there and UTF-16 code units here", () => {
    const { answer, warnings } = answerOf({ content: words, annotations: [annotation(7, 10)] });
    const [part] = answer.parts;
    if (part?.kind !== "text") throw new Error("no text");
    const [citation] = part.citations ?? [];
    expect(citation).toEqual({
      url: "https://a",
      title: "A",
      start: 9,
      end: 12,
      raw: annotation(7, 10),
      origin: "openai-chat",
    });
    expect(part.text.slice(citation?.start, citation?.end)).toBe("[a]");
    expect(warnings).toEqual([]);
  });

  it.for([
    [5, 5],
    [7, 99],
    [-1, 2],
    [1.5, 2],
  ])("keep their source where the stretch %j does not lie in the text", ([start = 0, end = 0]) => {
    const [part] = answerOf({ content: words, annotations: [annotation(start, end)] }).answer.parts;
    expect(part).toMatchObject({ citations: [{ url: "https://a" }] });
    expect(JSON.stringify(part)).not.toContain('"start":');
  });

  it("are declared when they are of another type", () => {
    const { answer, warnings } = answerOf({ content: "a", annotations: [{ type: "file_citation" }] });
    expect(answer.parts).toEqual([{ kind: "text", text: "a" }]);
    expect(warnings).toEqual([{ kind: "dropped", subject: "annotations" }]);
  });

  it("are Perplexity's sources too, with the titles of its search results", () => {
    const members = {
      citations: ["https://a", "https://b"],
      search_results: [{ title: "B", url: "https://b", date: null }],
    };
    expect(answerOf({ content: "a[1][2]" }, members).answer.parts).toEqual([
      {
        kind: "text",
        text: "a[1][2]",
        citations: [
          { url: "https://a", raw: "https://a", origin: "openai-chat" },
          {
            url: "https://b",
            title: "B",
            raw: { title: "B", url: "https://b", date: null },
            origin: "openai-chat",
          },
        ],
      },
    ]);
  });

  it("stand in a stream inside the text they are of, counted in it", () => {
    const parts = stream([
      chunk({ reasoning_content: "hm" }),
      chunk({ content: "🎉 first " }),
      chunk({ reasoning_content: "hm" }),
      chunk({ content: "[a]" }),
      chunk({ annotations: [annotation(8, 11)] }, "stop"),
    ]);
    const index = parts.findIndex(({ kind }) => kind === "citation");
    expect(parts[index]).toMatchObject({ part: 3, citation: { start: 0, end: 3 } });
    expect(parts[index + 1]).toEqual({ kind: "text-end", part: 3 });
  });

  it("are told once, though Perplexity repeats them on every chunk", () => {
    const members = { citations: ["https://a"] };
    const parts = stream([
      chunk({ content: "a" }, null, members),
      chunk({ content: "b" }, null, members),
      chunk({ content: "" }, "stop", members),
    ]);
    expect(parts.filter(({ kind }) => kind === "citation")).toEqual([
      {
        kind: "citation",
        part: 0,
        citation: { url: "https://a", raw: "https://a", origin: "openai-chat" },
      },
    ]);
  });
});
