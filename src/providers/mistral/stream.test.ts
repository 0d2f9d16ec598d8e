import { describe, expect, it } from "vitest";
import { mistral } from "./index.ts";
import { assemble, chunk, chunksOf, framesOf, partsOf, violations } from "./wire.test-support.ts";

const call = (members: object, called: object) => ({ ...members, function: called });
const calls = (...pieces: readonly object[]) => chunk({ content: null, tool_calls: pieces });

/** The kinds of parts, with their number where they have one. */
const kinds = (stream: string): readonly string[] =>
  partsOf(stream).map((part) => ("part" in part ? `${part.kind} ${part.part}` : part.kind));

const taps = (stream: string) => {
  const tap = mistral.tapStream({ hidesUsage: false });
  return { tap, roles: framesOf(stream).map((frame) => tap.push(frame)) };
};

describe("decodeStream", () => {
  it("reads thinking, text with references, and calls as blocks that follow each other", () => {
    const stream = chunksOf(
      chunk({ role: "assistant", content: "" }),
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }),
      chunk({ content: [{ type: "thinking", thinking: [], signature: "sig" }] }),
      chunk({ content: "Paris" }),
      chunk({ content: [{ type: "reference", reference_ids: [1] }] }),
      chunk({ content: " it is" }),
      calls(call({ id: "abcdefghi" }, { name: "f", arguments: "{}" })),
      chunk({ content: "" }, "tool_calls"),
    );
    expect(violations(partsOf(stream))).toEqual([]);
    expect(kinds(stream)).toEqual([
      "start",
      "reasoning-start 0",
      "reasoning-delta 0",
      "reasoning-end 0",
      "text-start 1",
      "text-delta 1",
      "citation 1",
      "text-delta 1",
      "text-end 1",
      "tool-input-start 2",
      "tool-input-delta 2",
      "tool-input-end 2",
      "finish",
    ]);
    expect(partsOf(stream)).toContainEqual({
      kind: "reasoning-end",
      part: 0,
      seal: { origin: "mistral-chat", value: "sig" },
    });
    expect(partsOf(stream)).toContainEqual({
      kind: "citation",
      part: 1,
      citation: {
        start: 0,
        end: 5,
        raw: { type: "reference", reference_ids: [1] },
        origin: "mistral-chat",
      },
    });
  });

  it.for([
    {
      name: "whole in one chunk, without an index",
      chunks: [
        calls(
          call({ id: "aaaaaaaaa" }, { name: "f", arguments: '{"a":1}' }),
          call({ id: "bbbbbbbbb" }, { name: "f", arguments: "{}" }),
        ),
      ],
    },
    {
      name: "all with the index 0",
      chunks: [
        calls(
          call({ id: "aaaaaaaaa", index: 0 }, { name: "f", arguments: '{"a":1}' }),
          call({ id: "bbbbbbbbb", index: 0 }, { name: "f", arguments: "{}" }),
        ),
      ],
    },
    {
      name: "in pieces, the id at first only, the name empty then",
      chunks: [
        calls(call({ id: "aaaaaaaaa", index: 0 }, { name: "f", arguments: "" })),
        calls(call({ index: 0 }, { name: "", arguments: '{"a"' })),
        calls(call({ id: "bbbbbbbbb", index: 1 }, { name: "f", arguments: "" })),
        calls(call({ index: 0 }, { arguments: ":1}" })),
        calls(call({ index: 1 }, { arguments: "{}" })),
      ],
    },
    {
      name: "in pieces that repeat id and name",
      chunks: [
        calls(call({ id: "aaaaaaaaa" }, { name: "f", arguments: '{"a"' })),
        calls(call({ id: "aaaaaaaaa" }, { name: "f", arguments: ":1}" })),
        calls(call({ id: "bbbbbbbbb" }, { name: "f", arguments: "{}" })),
      ],
    },
  ])("rule 33: puts calls together that come $name", ({ chunks }) => {
    const parts = partsOf(chunksOf(...chunks, chunk({}, "tool_calls")));
    expect(violations(parts)).toEqual([]);
    expect(assemble(parts)).toEqual([
      { kind: "tool-call", id: "aaaaaaaaa", name: "f", argumentsText: '{"a":1}' },
      { kind: "tool-call", id: "bbbbbbbbb", name: "f", argumentsText: "{}" },
    ]);
  });

  it("rule 33: tells calls of one name apart by their ids, though they have no arguments yet", () => {
    const begun = (id: string) => call({ id, index: 0 }, { name: "f", arguments: "" });
    const parts = partsOf(chunksOf(calls(begun("aaaaaaaaa")), calls(begun("bbbbbbbbb")), chunk({}, "stop")));
    expect(assemble(parts)).toMatchObject([{ id: "aaaaaaaaa" }, { id: "bbbbbbbbb" }]);
  });

  it("rule 52: takes no member of a chunk that has choices for an error", () => {
    const stream = chunksOf(chunk({ content: "hi" }, null, { message: "x", detail: "y" }), chunk({}, "stop"));
    expect(partsOf(stream).at(-1)).toMatchObject({ kind: "finish", finish: { reason: "stop" } });
    expect(taps(stream).roles).toEqual(["content", "content", "end"]);
  });

  it("rule 33: tells calls without ids apart by their names, and by what is whole", () => {
    const parts = partsOf(
      chunksOf(
        calls(call({ id: "null" }, { name: "f", arguments: '{"a"' })),
        calls(call({}, { name: "f", arguments: ":1}" })),
        calls(call({}, { name: "f", arguments: "{}" })),
        calls(call({}, { name: "g", arguments: { n: 1 } })),
        chunk({}, "tool_calls"),
      ),
    );
    expect(assemble(parts)).toMatchObject([
      { name: "f", argumentsText: '{"a":1}' },
      { name: "f", argumentsText: "{}" },
      { name: "g", argumentsText: '{"n":1}' },
    ]);
    const ids = parts.flatMap((part) => (part.kind === "tool-input-start" ? [part.id] : []));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
  });

  it("rules 47, 52: takes usage from anywhere, the maximum per counter, and survives chunks without choices or delta", () => {
    const usage = (prompt: number, completion: number, more: object = {}) => ({
      usage: { prompt_tokens: prompt, completion_tokens: completion, ...more },
    });
    const stream = chunksOf(
      { id: "a1", model: "m", choices: [], ...usage(9, 0, { num_cached_tokens: 4 }) },
      chunk({ content: "hi" }, null, usage(10, 1)),
      { id: "a1", model: "m", choices: [{ index: 0, finish_reason: "stop" }], ...usage(10, 3) },
      { id: "a1", model: "m", choices: [], usage: null },
      { id: "a1", model: "m", choices: [], ...usage(10, 2) },
    );
    const parts = partsOf(stream);
    expect(violations(parts)).toEqual([]);
    const told = parts.find((part) => part.kind === "usage")?.usage;
    expect(told).toMatchObject({ input: { total: 10, uncached: 6, cacheRead: 4 }, output: { total: 3 } });
    const { tap, roles } = taps(stream);
    expect(roles).toEqual([...Array.from({ length: 5 }, () => "content"), "end"]);
    expect(tap.tapped()).toEqual({ model: "m", usage: told, finish: { reason: "stop", raw: "stop" } });
  });

  it("rule 48: ends in other where the server says it is done and tells no reason", () => {
    const stream = chunksOf(chunk({ content: "hi" }));
    expect(partsOf(stream).at(-1)).toEqual({ kind: "finish", finish: { reason: "other", raw: "" } });
    const { tap } = taps(stream);
    expect([tap.isComplete(), tap.tapped().finish]).toEqual([true, { reason: "other", raw: "" }]);
  });

  it("needs no [DONE] after a finish", () => {
    const stream = chunksOf(chunk({ content: "hi" }), chunk({}, "stop"));
    const cut = stream.replace("data: [DONE]\n\n", "");
    expect(partsOf(cut)).toEqual(partsOf(stream));
    expect(taps(cut).tap.isComplete()).toBe(true);
  });

  it.for([
    {
      name: "an error of Mistral's",
      data: {
        object: "error",
        message: "Service tier capacity exceeded for this model.",
        type: "invalid_request_error",
        param: null,
        code: null,
      },
      failure: { code: "upstream_rate_limited", status: 429 },
    },
    {
      name: "an error with its own status",
      data: {
        object: "error",
        message: "Service unavailable.",
        type: "unreachable_backend",
        code: "1100",
        raw_status_code: 503,
      },
      failure: { code: "upstream_overloaded", status: 503, upstreamCode: "1100" },
    },
    {
      name: "an error member",
      data: { error: { message: "boom", code: null } },
      failure: { code: "upstream_failed", status: 500, message: "boom" },
    },
    {
      name: "a bare detail",
      data: { detail: "Unauthorized" },
      failure: { code: "upstream_auth_failed", status: 401 },
    },
    { name: "an end in error", data: chunk({}, "error"), failure: { code: "upstream_failed", status: 502 } },
  ])("rule 50: fails on $name, and so does the tap", ({ data, failure }) => {
    const stream = chunksOf(chunk({ content: "hi" }), data);
    expect(partsOf(stream).at(-1)).toMatchObject({ kind: "error", failure });
    expect(violations(partsOf(stream))).toEqual([]);
    const { tap, roles } = taps(stream);
    expect(roles.slice(0, 2)).toEqual(["content", "error"]);
    expect(tap.failure()).toMatchObject(failure);
    expect(tap.isComplete()).toBe(false);
  });

  it.for(["event: error\ndata: {}\n\n", "data: {oops\n\n"])("rule 50: fails on the frame %j", (frame) => {
    expect(partsOf(frame)).toMatchObject([{ kind: "error" }]);
    expect(taps(frame).roles).toEqual(["error"]);
  });
});

describe("tapStream", () => {
  it("does not take the model's words for what the server tells", () => {
    const words =
      '{"object":"error","usage":{"prompt_tokens":1},"finish_reason":"error","error":{},"choices":[{"index":1}]}';
    const stream = chunksOf(chunk({ content: "" }), chunk({ content: words }));
    const { tap, roles } = taps(stream);
    expect(roles).toEqual(["content", "content", "end"]);
    expect(tap.tapped()).toEqual({ model: "mistral-small-latest", finish: { reason: "other", raw: "" } });
  });

  it("is complete when every choice has finished, and tells the end of the first", () => {
    const choice = (index: number, finish: string | null) => ({
      id: "a1",
      model: "m",
      choices: [{ index, delta: { content: "x" }, finish_reason: finish }],
    });
    const { tap } = taps(
      `data: ${JSON.stringify(choice(0, null))}\n\ndata: ${JSON.stringify(choice(1, null))}\n\n`,
    );
    const push = (data: object) =>
      framesOf(`data: ${JSON.stringify(data)}\n\n`).map((frame) => tap.push(frame));
    push(choice(0, "stop"));
    expect([tap.isComplete(), tap.tapped().finish]).toEqual([false, { reason: "stop", raw: "stop" }]);
    push(choice(1, "length"));
    expect([tap.isComplete(), tap.tapped().finish]).toEqual([true, { reason: "stop", raw: "stop" }]);
  });

  it("tells comments from content", () => {
    expect(taps(": ping\n\n").roles).toEqual(["idle"]);
  });
});
