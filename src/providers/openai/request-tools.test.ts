import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import { tool, written } from "./request.test-support.ts";

describe("tools", () => {
  it("rules 6, 41: keeps the order of the tools; strict is said, and only where the schema qualifies", () => {
    const closed = { type: "object", properties: {}, required: [], additionalProperties: false };
    const { body, declared } = written({
      tools: [
        { kind: "function", name: "z", description: "d", parameters: closed, strict: true },
        { kind: "function", name: "a", parameters: { type: "object", properties: { b: {} } }, strict: true },
        { kind: "function", name: "m" },
      ],
      parallelTools: false,
    });
    expect(body.tools).toEqual([
      { type: "function", name: "z", description: "d", parameters: closed, strict: true },
      { type: "function", name: "a", parameters: { type: "object", properties: { b: {} } }, strict: false },
      { type: "function", name: "m", parameters: { type: "object", properties: {} }, strict: false },
    ]);
    expect(body.parallel_tool_calls).toBe(false);
    expect(declared).toEqual(["dropped strict"]);
  });

  it("leaves strict unsaid where a client of this dialect did", () => {
    expect(written({ source: "openai-responses", tools: [tool] }).body.tools[0]).not.toHaveProperty("strict");
  });

  it.for<{ name: string; tool: Call["tools"][number]; written: unknown }>([
    {
      name: "a custom tool",
      tool: { kind: "custom", name: "sh", description: "d", format: { type: "text" } },
      written: { type: "custom", name: "sh", description: "d", format: { type: "text" } },
    },
    {
      name: "Chat's grammar without its nest",
      tool: {
        kind: "custom",
        name: "sh",
        format: { type: "grammar", grammar: { syntax: "lark", definition: "x" } },
      },
      written: { type: "custom", name: "sh", format: { type: "grammar", syntax: "lark", definition: "x" } },
    },
    {
      name: "a Chat custom tool that came unread",
      tool: { kind: "opaque", type: "custom", name: "sh", raw: { type: "custom", custom: { name: "sh" } } },
      written: { type: "custom", name: "sh" },
    },
  ])("writes $name", ({ tool: given, written: expected }) => {
    expect(written({ tools: [given] }).body.tools).toEqual([expected]);
  });

  it("keeps the provider's own tools for its own clients", () => {
    const raw = { type: "web_search", search_context_size: "low" };
    const { body } = written({
      source: "openai-responses",
      tools: [{ kind: "opaque", type: "web_search", raw }],
      toolChoice: { kind: "named", name: "web_search" },
    });
    expect(body).toMatchObject({ tools: [raw], tool_choice: { type: "web_search" } });
  });

  it.for<{ choice: NonNullable<Call["toolChoice"]>; written: unknown }>([
    { choice: { kind: "auto" }, written: "auto" },
    { choice: { kind: "none" }, written: "none" },
    { choice: { kind: "any" }, written: "required" },
    { choice: { kind: "named", name: "f" }, written: { type: "function", name: "f" } },
    { choice: { kind: "named", name: "sh" }, written: { type: "custom", name: "sh" } },
    {
      choice: { kind: "among", names: ["f", "sh"], isRequired: true },
      written: {
        type: "allowed_tools",
        mode: "required",
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "sh" },
        ],
      },
    },
    {
      choice: { kind: "among", names: ["f"], isRequired: false },
      written: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
    },
  ])("writes the choice $choice", ({ choice, written: expected }) => {
    const tools = [tool, { kind: "custom", name: "sh" }] as const;
    expect(written({ tools, toolChoice: choice }).body.tool_choice).toEqual(expected);
  });
});
