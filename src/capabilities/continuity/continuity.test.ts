import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { epochMs } from "../../kernel/units.ts";
import type { Sealer } from "../../ports/sealer.ts";
import { unwrapSeal, wrapSeal } from "./envelope.ts";
import { createContinuityMemory } from "./memory.ts";
import { pinOf, type SealOrigins } from "./pin.ts";
import { worthKeeping } from "./remember.ts";
import { restoreState } from "./restore.ts";

const sealerOf = (keyId: string): Sealer => {
  const mark = (text: string): string => [...fingerprint128(keyId + text)].join("-");
  return { keyId, mark, isMarked: (text, given) => mark(text) === given };
};
const sealer = sealerOf("k1");
const claude: Seal = { origin: "anthropic-messages", value: "sig/+=ü" };

describe("envelopes", () => {
  it("bring back what was put in, whatever it is, in characters that every dialect carries", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.option(fc.string(), { nil: undefined }),
        (value, itemId) => {
          const seal: Seal = {
            origin: "openai-responses",
            value,
            ...(itemId === undefined ? {} : { itemId }),
          };
          const text = wrapSeal(seal, "here", sealer);
          expect(text).toMatch(/^[\w.-]+$/);
          expect(unwrapSeal(text, sealer)).toEqual({ ...seal, boundary: "here" });
        },
      ),
    );
  });

  it("are not opened when one character was changed, nor by another installation", () => {
    const text = wrapSeal(claude, "here", sealer);
    expect(unwrapSeal(text, sealerOf("k2"))).toBeUndefined();
    for (let at = 0; at < text.length; at += 1) {
      const changed = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
      expect(unwrapSeal(changed, sealer)).toBeUndefined();
    }
  });

  it.for([
    "",
    "sp1",
    "sp1.",
    "sp1.k1.x.y",
    "EqoBCkgIAR...",
    "sp1.k1.e30.",
    `sp1.k1.${"a".repeat(300_000)}.m`,
  ])("a text that is none is left alone: %s", (text) => {
    expect(unwrapSeal(text, sealer)).toBeUndefined();
  });
});

describe("the memory", () => {
  const remembered = { reasoning: [], seal: claude };
  const open = (bytesMax: number) => {
    let now = 0;
    const memory = createContinuityMemory({ bytesMax, ttlMs: 1000 }, () => epochMs(now));
    return {
      memory,
      pass: (ms: number) => {
        now += ms;
      },
    };
  };

  it("finds what was kept for this tenant only, until its time is over", () => {
    const { memory, pass } = open(10_000);
    memory.keep("a", "call_1", remembered);
    expect(memory.find("a", "call_1")).toEqual(remembered);
    expect(memory.find("b", "call_1")).toBeUndefined();
    pass(1000);
    expect(memory.find("a", "call_1")).toBeUndefined();
    expect(memory.bytes()).toBe(0);
  });

  it("never holds more than its bound; what was used last stays longest", () => {
    const { memory } = open(1200);
    for (const id of ["1", "2", "3", "4"]) memory.keep("a", id, remembered);
    memory.find("a", "1");
    for (const id of ["5", "6"]) memory.keep("a", id, remembered);
    expect(memory.bytes()).toBeLessThanOrEqual(1200);
    expect(memory.find("a", "6")).toEqual(remembered);
    expect(memory.find("a", "1")).toEqual(remembered);
    expect(memory.find("a", "2")).toBeUndefined();
  });

  it("keeps no entry above 64 KiB, and none at all where its bound is 0", () => {
    const { memory } = open(10_000_000);
    memory.keep("a", "1", { reasoning: [], seal: { ...claude, value: "x".repeat(70_000) } });
    expect(memory.find("a", "1")).toBeUndefined();
    const none = open(0).memory;
    none.keep("a", "1", remembered);
    expect(none.find("a", "1")).toBeUndefined();
  });
});

const reasoning = (seal?: Seal): Part => ({
  kind: "reasoning",
  text: "thought",
  isRedacted: false,
  ...(seal === undefined ? {} : { seal }),
});
const toolCall = (id: string, seal?: Seal): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText: "{}",
  ...(seal === undefined ? {} : { seal }),
});
const callOf = (...turns: readonly Turn[]): Call => ({
  source: "openai-chat",
  model: "m",
  instructions: [],
  turns,
  tools: [],
  sampling: {},
  isStream: false,
  wantsUsage: false,
  extensions: new Map(),
});
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
/** What is known of state: nothing, but what is told. */
const knowing = (known: Partial<SealOrigins> = {}): SealOrigins => ({
  remembered: () => undefined,
  issuer: () => undefined,
  ...known,
});
const here = { dialect: "anthropic-messages", boundary: "here" } as const;

describe("restoreState", () => {
  it("gives a tool call back what its client has stripped", () => {
    const kept = worthKeeping(
      [reasoning(claude), { kind: "text", text: "x" }, toolCall("1"), toolCall("2")],
      "here",
    );
    expect(kept.map(([id]) => id)).toEqual(["1"]);
    const find = knowing({ remembered: (id) => new Map(kept).get(id) });
    const { call, warnings, sources } = restoreState(
      callOf(assistant(toolCall("1"), toolCall("2"))),
      here,
      find,
    );
    expect(call.turns[0]?.parts).toEqual([
      reasoning({ ...claude, boundary: "here" }),
      toolCall("1"),
      toolCall("2"),
    ]);
    expect({ warnings, sources }).toEqual({ warnings: [], sources: ["store"] });
  });

  it("rule 11: a thought signature comes back onto its own function call", () => {
    const gemini: Seal = { origin: "gemini-generate", value: "AbC=" };
    const kept = new Map(worthKeeping([toolCall("1", gemini), toolCall("2")], "here"));
    const { call } = restoreState(
      callOf(assistant(toolCall("1"), toolCall("2"))),
      { dialect: "gemini-generate", boundary: "here" },
      knowing({ remembered: (id) => kept.get(id) }),
    );
    expect(call.turns[0]?.parts).toEqual([toolCall("1", { ...gemini, boundary: "here" }), toolCall("2")]);
  });

  it("asks the memory nothing where the client has brought state of its own", () => {
    const call = callOf(assistant(reasoning(claude), toolCall("1")));
    const find = knowing({
      remembered: () => {
        throw new Error("asked");
      },
    });
    expect(restoreState(call, here, find).call).toBe(call);
  });

  it("rule 14: state of another account never leaves, and its loss is declared", () => {
    const foreign = { ...claude, boundary: "there" };
    const call = callOf(assistant(reasoning(foreign), toolCall("1")));
    const restored = restoreState(call, here, knowing());
    expect(restored.call.turns[0]?.parts).toEqual([reasoning(), toolCall("1")]);
    expect(restored.warnings).toMatchObject([{ kind: "continuity-lost", subject: "reasoning" }]);
  });

  it("leaves the user's turns and other vendors' state as they are", () => {
    const call = callOf(
      { role: "user", parts: [{ kind: "text", text: "hi" }] },
      assistant(reasoning({ origin: "openai-responses", value: "e", boundary: "there" })),
    );
    expect(restoreState(call, here, knowing()).call).toBe(call);
  });
});

describe("rule 14: the pin of an open tool loop", () => {
  const result: Turn = {
    role: "user",
    parts: [{ kind: "tool-result", callId: "1", isError: false, content: [] }],
  };
  const question: Turn = { role: "user", parts: [{ kind: "text", text: "hi" }] };
  const wrapped: Seal = { ...claude, boundary: "there" };
  const native: Seal = { origin: "openai-responses", value: "e", itemId: "rs_1" };
  const kept = new Map([["1", { reasoning: [], seal: wrapped }]]);
  it.for<{ name: string; turns: readonly Turn[]; known?: Partial<SealOrigins>; pin: string | undefined }>([
    {
      name: "an envelope says where it opens",
      turns: [question, assistant(reasoning(wrapped), toolCall("1")), result],
      pin: "there",
    },
    {
      name: "a loop that is closed pins nothing",
      turns: [assistant(reasoning(wrapped), toolCall("1")), result, question],
      pin: undefined,
    },
    {
      name: "a native seal says nothing",
      turns: [question, assistant(reasoning(claude), toolCall("1")), result],
      pin: undefined,
    },
    {
      name: "an item that was seen when it was made",
      turns: [question, assistant(reasoning(native), toolCall("1")), result],
      known: { issuer: (id) => (id === "rs_1" ? "there" : undefined) },
      pin: "there",
    },
    {
      name: "a call whose state its client dropped",
      turns: [question, assistant(toolCall("1")), result],
      known: { remembered: (id) => kept.get(id) },
      pin: "there",
    },
    {
      name: "a native seal on a call that is remembered",
      turns: [question, assistant(toolCall("1", claude)), result],
      known: { remembered: (id) => kept.get(id) },
      pin: "there",
    },
    {
      name: "the newest counts",
      turns: [
        question,
        assistant(reasoning({ ...claude, boundary: "old" }), toolCall("0")),
        result,
        assistant(reasoning(wrapped), toolCall("1")),
        result,
      ],
      pin: "there",
    },
  ])("$name", ({ turns, known, pin }) => {
    expect(pinOf(callOf(...turns), knowing(known))).toBe(pin);
  });

  it("state of another account is taken out by the id of its item, too", () => {
    const call = callOf(assistant(reasoning(native)));
    const destination = { dialect: "openai-responses", boundary: "here" } as const;
    const from = (boundary: string) => knowing({ issuer: () => boundary });
    expect(restoreState(call, destination, from("here")).call).toBe(call);
    expect(restoreState(call, destination, from("there")).warnings).toMatchObject([
      { kind: "continuity-lost" },
    ]);
  });
});
