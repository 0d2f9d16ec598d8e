import { describe, expect, it } from "vitest";
import type { Part } from "../../exchange/part.ts";
import { assistant, result, tool, toolCall, user, written } from "./request.test-support.ts";

describe("cache marks", () => {
  const marked = (words: string, ttl?: "5m" | "1h"): Part => ({
    kind: "text",
    text: words,
    cache: ttl === undefined ? {} : { ttl },
  });

  it("become breakpoints where the model takes them, with the shortest lifetime that is long enough", () => {
    const { body, declared } = written(
      { instructions: [marked("s", "1h")], turns: [user(marked("a", "5m"), marked(" "))] },
      "gpt-5.6",
    );
    expect(body.input.map(({ content }: { readonly content: unknown }) => content)).toEqual([
      [{ type: "input_text", text: "s", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } }],
      [{ type: "input_text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } }],
    ]);
    expect(declared).toEqual([]);
  });

  it("beyond the fourth are dropped from the front, and all where the model takes none", () => {
    const turns = [user(...["a", "b", "c", "d", "e"].map((words) => marked(words)))];
    const { body, declared } = written({ turns }, "gpt-5.6");
    expect(body.input[0].content.map((part: object) => "prompt_cache_breakpoint" in part)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(declared).toEqual(["dropped cache_control"]);
    const old = written({ turns });
    expect(old.text).not.toContain("breakpoint");
    expect(old.declared).toEqual(["dropped cache_control"]);
  });

  it("of the assistant take none of those away", () => {
    const marks = ["a", "b", "c", "d"].map((words) => marked(words));
    const { text: raw, declared } = written({ turns: [assistant(marked("e")), user(...marks)] }, "gpt-5.6");
    expect(raw.match(/prompt_cache_breakpoint/g)).toHaveLength(4);
    expect(declared).toEqual(["dropped cache_control"]);
  });

  it("that have no place here are declared", () => {
    const tools = [{ ...tool, cache: {} }];
    const turns = [assistant({ ...toolCall("a"), cache: {} }), user({ ...result("a"), cache: {} })];
    expect(written({ tools }, "gpt-5.6").declared).toEqual(["dropped cache_control"]);
    expect(written({ turns }, "gpt-5.6").declared).toEqual(["dropped cache_control"]);
  });
});
