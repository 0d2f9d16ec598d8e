import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "../../exchange/codec.ts";
import { chunkOf, events, framesOf } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const stop = { finishReason: "STOP" };

function tapped(frames: readonly Frame[]) {
  const tap = gemini.tapStream({ hidesUsage: false });
  return { roles: frames.map((frame) => tap.push(frame)), tap };
}

describe("tapStream", () => {
  it("tells comments and frames without data from content", () => {
    const body = Buffer.from(
      `: ping\n\nretry: 1\n\ndata: ${JSON.stringify(chunkOf([{ text: "a" }], stop))}\n\n`,
    );
    expect(tapped(framesOf({ form: "sse", body })).roles).toEqual(["idle", "idle", "content"]);
  });

  it("has partial usage until the finish is told", () => {
    const usage = (prompt: number, candidates: number) => ({
      usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: candidates },
    });
    const [first, last] = events(chunkOf([{ text: "a" }], {}, usage(3, 1)), chunkOf([], stop, usage(3, 2)));
    if (first === undefined || last === undefined) throw new Error("no frames");
    const { tap } = tapped([first]);
    expect(tap.tapped()).toMatchObject({
      model: "gemini-3-pro",
      usage: { basis: "partial", output: { total: 1 } },
    });
    expect(tap.tapped()).not.toHaveProperty("finish");
    tap.push(last);
    expect(tap.tapped()).toMatchObject({
      usage: { basis: "reported", output: { total: 2 } },
      finish: { reason: "stop" },
    });
  });

  it("rule 45: remembers calls of earlier chunks", () => {
    const { tap } = tapped(events(chunkOf([{ functionCall: { name: "f" } }]), chunkOf([{ text: "" }], stop)));
    expect(tap.tapped().finish).toEqual({ reason: "tool-calls", raw: "STOP" });
  });

  it("is whole when every candidate is finished", () => {
    const candidate = (index: number, more: object = {}) => ({
      index,
      content: { parts: [{ text: "a" }] },
      ...more,
    });
    const first = { candidates: [candidate(0, stop), candidate(1)] };
    expect(tapped(events(first)).tap.isComplete()).toBe(false);
    expect(tapped(events(first, { candidates: [candidate(1, stop)] })).tap.isComplete()).toBe(true);
  });

  it("is whole when the prompt was blocked", () => {
    const { tap } = tapped(events({ promptFeedback: { blockReason: "OTHER" } }));
    expect(tap.isComplete()).toBe(true);
    expect(tap.tapped().finish).toEqual({ reason: "content-filter", raw: "OTHER" });
  });

  it("fails for a finish that tells of a breakdown, and for what is no chunk", () => {
    const broken = tapped(events(chunkOf([], { finishReason: "MALFORMED_RESPONSE" })));
    expect(broken.roles).toEqual(["error"]);
    expect(broken.tap.failure()?.code).toBe("upstream_malformed_response");
    expect(broken.tap.isComplete()).toBe(false);
    expect(tapped(framesOf({ form: "sse", body: Buffer.from("data: x\n\n") })).roles).toEqual(["error"]);
  });

  it("of an array ends with its bracket: until then the client's text is no JSON", () => {
    const body = Buffer.from(`[${JSON.stringify(chunkOf([{ text: "a" }], stop))}\n]\n`);
    const { roles, tap } = tapped(framesOf({ form: "json-array", body }));
    expect(roles).toEqual(["content", "end", "idle"]);
    expect(tap.isComplete()).toBe(true);
    const cut = tapped(framesOf({ form: "json-array", body: body.subarray(0, -3) }));
    expect(cut.roles).toEqual(["content"]);
    expect(cut.tap.isComplete()).toBe(false);
    expect(tapped(framesOf({ form: "json-array", body: Buffer.from("[]") })).tap.isComplete()).toBe(false);
  });

  it("of an array reads an error that is its last element", () => {
    const body = Buffer.from(
      `[${JSON.stringify(chunkOf([{ text: "a" }]))},{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]`,
    );
    const { roles, tap } = tapped(framesOf({ form: "json-array", body }));
    expect(roles.slice(0, 2)).toEqual(["content", "error"]);
    expect(tap.failure()).toMatchObject({ code: "upstream_overloaded" });
  });
});

describe("counters that are kept unread", () => {
  const names = [
    "promptTokenCount",
    "candidatesTokenCount",
    "cachedContentTokenCount",
    "totalTokenCount",
  ] as const;
  const chunks = fc.record({
    counters: fc.record(Object.fromEntries(names.map((name) => [name, fc.nat(100_000)])), {
      requiredKeys: [],
    }),
    text: fc.constantFrom("a", 'say "finishReason"', "b {} 12"),
    isTelling: fc.boolean(),
  });

  it("say in the end what they would have said had each been read", () => {
    fc.assert(
      fc.property(fc.array(chunks, { minLength: 1, maxLength: 12 }), (told) => {
        const tap = gemini.tapStream({ hidesUsage: false });
        const last: Record<string, number> = {};
        const push = (chunk: object) =>
          tap.push({ kind: "event", event: "", data: JSON.stringify(chunk), bytes: new Uint8Array([0x64]) });
        for (const { counters, text, isTelling } of told) {
          Object.assign(last, counters);
          const part = isTelling ? { functionCall: { name: "f", args: {} } } : { text };
          push({
            candidates: [{ content: { parts: [part] }, index: 0 }],
            usageMetadata: counters,
            modelVersion: "m",
          });
        }
        const { promptTokenCount: prompt, cachedContentTokenCount: cached } = last;
        const { usage } = tap.tapped();
        expect(usage?.input.total).toBe(prompt);
        expect(usage?.input.cacheRead).toBe(cached);
        if (last["candidatesTokenCount"] !== undefined)
          expect(usage?.output.total).toBe(last["candidatesTokenCount"]);
      }),
    );
  });
});
