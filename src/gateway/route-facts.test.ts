import { describe, expect, it } from "vitest";
import { routeFacts } from "../capabilities/routing/index.ts";
import { type Asking, contentOnce, factsOf } from "./route-facts.ts";

const asking: Asking = {
  model: "pool",
  dialect: "openai-chat",
  isStream: true,
  inputTokens: () => 7,
  outputTokensMax: undefined,
  content: () => ({ tools: 1, images: 2, turns: 3, isSchema: true }),
  key: { id: "key_1", name: "batch" },
  header: (name) => (name === "x-sallyport-team" ? "blue" : undefined),
  now: Date.UTC(2026, 10, 27, 23, 59),
};

describe("factsOf", () => {
  it("knows each fact that conditions may name, in its kind", () => {
    const factOf = factsOf(asking);
    const kinds = { int: "number", text: "string", texts: "string", bool: "boolean" };
    for (const [name, { kind }] of Object.entries(routeFacts))
      expect([name, typeof factOf(name, "x-sallyport-team")]).toEqual([name, kinds[kind]]);
    expect(Object.keys(routeFacts).map((name) => factOf(name, "x-sallyport-team"))).toEqual([
      ...["pool", "openai-chat", true, 7, 0, 1, 2, 3, true],
      ...["key_1", "batch", "blue"],
      ...[23, 5],
    ]);
    expect(factOf("header", "x-sallyport-other")).toBe("");
  });

  it.for([0, 1, 2, 3, 4, 5, 6])("tells weekday %i as UTC does", (day) => {
    const now = Date.UTC(2026, 10, 22 + day, 0, 0);
    expect(factsOf({ ...asking, now })("time.weekday")).toBe(new Date(now).getUTCDay());
    expect(factsOf({ ...asking, now })("time.hour")).toBe(0);
  });

  it("looks into the content only if it is asked for", () => {
    const factOf = factsOf({
      ...asking,
      content: () => {
        throw new Error("looked into");
      },
    });
    expect(factOf("ai.stream")).toBe(true);
    expect(() => factOf("ai.tools")).toThrow("looked into");
  });
});

describe("contentOnce", () => {
  it("tries to read a body once, and finds nothing in one that cannot be read", () => {
    let tries = 0;
    const content = contentOnce(() => {
      tries += 1;
      throw new Error("no JSON");
    });
    expect(tries).toBe(0);
    for (let asked = 0; asked < 3; asked += 1)
      expect(content()).toEqual({ tools: 0, images: 0, turns: 0, isSchema: false });
    expect(tries).toBe(1);
  });
});
