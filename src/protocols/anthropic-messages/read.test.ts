import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import { readFacts } from "./read.ts";

const read = (body: string) => readFacts(new TextEncoder().encode(body));

describe("readFacts", () => {
  it("tells routing what it needs", () => {
    expect(read('{"model":"claude","stream":true,"max_tokens":12,"messages":[]}')).toEqual({
      kind: "facts",
      facts: { model: "claude", isStream: true, wantsUsage: true, outputTokensMax: 12 },
    });
    expect(read('{"messages":[],"max_tokens":1,"stream":null,"model":"\\u0061"}')).toEqual({
      kind: "facts",
      facts: { model: "a", isStream: false, wantsUsage: true, outputTokensMax: 1 },
    });
  });

  const good = { model: "claude", max_tokens: 1, messages: [] };
  it.for<{ name: string; body: unknown; path: string; got: string }>([
    { name: "no model", body: { ...good, model: undefined }, path: "model", got: "nothing" },
    { name: "an empty model", body: { ...good, model: "" }, path: "model", got: "an empty string" },
    { name: "a model that is a number", body: { ...good, model: 4 }, path: "model", got: "the number 4" },
    { name: "no max_tokens", body: { ...good, max_tokens: undefined }, path: "max_tokens", got: "nothing" },
    { name: "max_tokens 0", body: { ...good, max_tokens: 0 }, path: "max_tokens", got: "the number 0" },
    { name: "max_tokens 1.5", body: { ...good, max_tokens: 1.5 }, path: "max_tokens", got: "the number 1.5" },
    {
      name: "max_tokens as text",
      body: { ...good, max_tokens: "9" },
      path: "max_tokens",
      got: 'the string "9"',
    },
    { name: "no messages", body: { ...good, messages: undefined }, path: "messages", got: "nothing" },
    { name: "messages as an object", body: { ...good, messages: {} }, path: "messages", got: "an object" },
    { name: "stream as text", body: { ...good, stream: "yes" }, path: "stream", got: 'the string "yes"' },
  ])("refuses $name by its path", ({ body, path, got }) => {
    const reading = read(JSON.stringify(body));
    expect(reading).toMatchObject({ kind: "invalid", problems: [{ path, got }] });
  });

  it("names every fault at once", () => {
    const reading = read('{"stream":1}');
    const paths = reading.kind === "invalid" ? reading.problems.map(({ path }) => path) : [];
    expect(paths).toEqual(["model", "max_tokens", "messages", "stream"]);
  });

  it.for<{ name: string; body: string; got: string }>([
    { name: "broken JSON", body: '{\n  "model": "a",\n  "é" 1}', got: "line 3, column 7" },
    { name: "an array", body: "[]", got: "line 1, column 1" },
    { name: "nothing", body: "", got: "line 1, column 1" },
    { name: "a cut body", body: '{"model":"a"', got: "line 1, column 13" },
  ])("tells the place of the fault in $name", ({ body, got }) => {
    expect(read(body)).toMatchObject({ problems: [{ path: "", got: expect.stringContaining(got) }] });
  });

  it.for(["model", "stream", "max_tokens", "tools"])(
    "refuses a doubled %s, also when one is escaped",
    (name) => {
      const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`;
      const body = `{"model":"a","max_tokens":1,"messages":[],"stream":false,"tools":[],"${escaped}":1}`;
      expect(read(body)).toMatchObject({ kind: "invalid", problems: [{ path: name }] });
    },
  );

  it("leaves other doubled members to the upstream", () => {
    expect(read('{"model":"a","max_tokens":1,"messages":[],"x":1,"x":2}').kind).toBe("facts");
  });

  it.runIf(hasRecordedTraffic())("reads every recorded request", () => {
    const records = recordedTraffic("anthropic.messages");
    expect(records.length).toBeGreaterThan(90);
    for (const { request } of records) {
      const { model, stream, max_tokens: limit } = JSON.parse(request.toString());
      expect(readFacts(request)).toEqual({
        kind: "facts",
        facts: { model, isStream: stream === true, wantsUsage: true, outputTokensMax: limit },
      });
    }
  });
});
