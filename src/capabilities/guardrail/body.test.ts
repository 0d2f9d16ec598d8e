import { describe, expect, it } from "vitest";
import { guarded } from "./guarded.test-support.ts";

describe("every text of a request", () => {
  const rules = [{ on: ["input", "tool-arguments", "tool-result"], detect: ["email"], do: "redact" }];
  const mail = "jane@example.com";
  const shownOf = (sent: object): string => {
    const bytes = new TextEncoder().encode(JSON.stringify(sent));
    return guarded({ rules }, "", { bytes }).shown;
  };
  it.for([
    ["the user", { user: mail }],
    ["labels, their names among them", { metadata: { [mail]: "x", note: mail } }],
    ["a predicted answer", { prediction: { type: "content", content: mail } }],
    ["what follows a completion", { suffix: mail }],
    [
      "a description of a tool",
      { tools: [{ type: "function", function: { name: "f", description: mail } }] },
    ],
    ["variables of a stored prompt", { prompt: { id: "p", variables: { data: mail } } }],
    ["the name of who speaks", { messages: [{ role: "user", name: mail, content: "hi" }] }],
    [
      "a document in words",
      {
        messages: [
          {
            role: "user",
            content: [{ type: "document", source: { type: "text", media_type: "text/plain", data: mail } }],
          },
        ],
      },
    ],
    [
      "the name of an argument",
      {
        messages: [
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: { [mail]: 1 } }] },
        ],
      },
    ],
    [
      "JSON in the result of a tool",
      { messages: [{ role: "tool", content: '{"to":"jane\\u0040example.com"}' }] },
    ],
  ] as const)("%s", ([, sent]) => {
    const shown = shownOf({ model: "m", ...sent });
    expect(shown).toContain("[EMAIL]");
    expect(shown).not.toMatch(/jane/);
    expect(() => JSON.parse(shown)).not.toThrow();
  });

  it("but ids, seals, and the bytes of images stay as they are", () => {
    const sent = {
      model: "m",
      messages: [
        { id: mail, signature: mail, content: [{ type: "image", source: { type: "base64", data: mail } }] },
      ],
    };
    expect(shownOf(sent)).toBe(JSON.stringify(sent));
  });
});
