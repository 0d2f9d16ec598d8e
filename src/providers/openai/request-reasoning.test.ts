import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { assistant, seal, text, thought, toolCall, user, written } from "./request.test-support.ts";

describe("reasoning state", () => {
  const turns = (...parts: readonly Part[]): readonly Turn[] => [
    user(text("q")),
    assistant(...parts),
    user(text("?")),
  ];

  it("rule 12: sends encrypted reasoning back with its id, in its place", () => {
    const { body, declared } = written(
      { turns: turns(thought(seal("enc")), toolCall("a"), text("b")) },
      "gpt-5",
    );
    expect(body.input.slice(1, 3)).toEqual([
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "enc",
      },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
    ]);
    expect(declared).toEqual([]);
  });

  it("makes one item of the pieces of one thought, and several of several", () => {
    const { body } = written({
      turns: turns(
        thought(seal("enc"), "a"),
        thought(seal("enc"), "b"),
        thought(seal("2", "rs_2"), ""),
        text("c"),
      ),
    });
    expect(body.input.slice(1, 3)).toMatchObject([
      { id: "rs_1", summary: [{ text: "a" }, { text: "b" }], encrypted_content: "enc" },
      { id: "rs_2", summary: [], encrypted_content: "2" },
    ]);
  });

  it("gives shown reasoning back as content", () => {
    const shown: Part = { kind: "reasoning", text: "hm", isRedacted: false, seal: seal("") };
    expect(written({ turns: turns(shown, text("a")) }).body.input[1]).toEqual({
      type: "reasoning",
      id: "rs_1",
      summary: [],
      content: [{ type: "reasoning_text", text: "hm" }],
    });
  });

  it("rule 13: tells an item by its id alone only where the provider keeps it", () => {
    const stateless = written({ turns: turns(thought(seal("")), text("a")) }, "gpt-5");
    expect(stateless.text).not.toContain("rs_1");
    expect(stateless.declared).toEqual(["continuity-lost reasoning"]);
    const kept = written({ source: "openai-responses", turns: turns(thought(seal("")), text("a")) }, "gpt-5");
    expect(kept.body.input[1]).toEqual({
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "hm" }],
    });
    expect(
      written({ source: "openai-responses", isStored: false, turns: turns(thought(seal("")), text("a")) })
        .declared,
    ).toEqual(["continuity-lost reasoning"]);
  });

  it.for<{ name: string; part: Part }>([
    { name: "reasoning without a seal", part: thought(undefined) },
    { name: "another provider's", part: thought({ origin: "anthropic-messages", value: "s" }) },
    {
      name: "a call's seal of another provider",
      part: {
        kind: "tool-call",
        id: "a",
        name: "f",
        argumentsText: "",
        seal: { origin: "gemini-generate", value: "s" },
      },
    },
    {
      name: "a text's seal of another provider",
      part: { kind: "text", text: "t", seal: { origin: "gemini-generate", value: "s" } },
    },
  ])("rule 17: leaves out and declares $name", ({ part }) => {
    const { text: body, declared } = written({ turns: turns(part, text("a")) }, "gpt-5");
    expect(body).not.toMatch(/"hm"|"s"/);
    expect(declared).toEqual(["dropped reasoning"]);
  });

  it("leaves out reasoning that nothing came of: the provider would refuse it", () => {
    const { body, declared } = written({ turns: turns(text("a"), thought(seal("enc"))) });
    expect(body.input).toHaveLength(3);
    expect(declared).toEqual(["dropped reasoning"]);
    const goesOn = [user(text("q")), assistant(thought(seal("enc"))), assistant(text("a"))];
    expect(written({ turns: goesOn }).body.input).toHaveLength(3);
    const own = written({ source: "openai-responses", turns: turns(thought(seal("enc"))) });
    expect(own.body.input[1]).toMatchObject({ type: "reasoning" });
  });

  it("puts a summary and the state that comes apart after it together again", () => {
    const summary: Part = { kind: "reasoning", text: "hm", isRedacted: false };
    const state: Part = { kind: "reasoning", text: "", isRedacted: true, seal: seal("enc") };
    const { body, declared } = written({ turns: turns(summary, state, toolCall("a")) }, "gpt-5");
    expect(body.input.slice(1, -2)).toEqual([
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "enc",
      },
    ]);
    expect(declared).toEqual([]);
  });

  it("rule 14: continues an answer that the provider keeps, for its own clients", () => {
    const { body } = written({ source: "openai-responses", continues: { answer: "resp_1" }, isStored: true });
    expect(body).toMatchObject({ previous_response_id: "resp_1", store: true });
  });

  it.for<{ name: string; call: Partial<Call>; model: string; store: unknown; include: unknown }>([
    {
      name: "a client of another dialect",
      call: {},
      model: "gpt-5",
      store: false,
      include: ["reasoning.encrypted_content"],
    },
    { name: "its model that does not reason", call: {}, model: "gpt-4o", store: false, include: undefined },
    {
      name: "its wish to keep the answer",
      call: { isStored: true },
      model: "gpt-5",
      store: true,
      include: ["reasoning.encrypted_content"],
    },
    {
      name: "a Chat client's `store`",
      call: { extensions: new Map([["store", new RawJson("true")]]) },
      model: "gpt-4o",
      store: true,
      include: undefined,
    },
    {
      name: "a client of this dialect",
      call: { source: "openai-responses" },
      model: "gpt-5",
      store: undefined,
      include: undefined,
    },
    {
      name: "its own `include`",
      call: {
        source: "openai-responses",
        isStored: false,
        extensions: new Map([["include", new RawJson('["reasoning.encrypted_content"]')]]),
      },
      model: "gpt-5",
      store: false,
      include: ["reasoning.encrypted_content"],
    },
  ])("asks for the state of $name", ({ call, model, store, include }) => {
    const { body } = written(call, model);
    expect([body.store, body.include]).toEqual([store, include]);
  });
});
