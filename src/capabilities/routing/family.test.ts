import { describe, expect, it } from "vitest";
import { familyOf } from "./family.ts";

describe("the family of a model", () => {
  it.each([
    ["gpt-5-mini", "gpt"],
    ["openai/o3", "gpt"],
    ["anthropic.claude-opus-4-5-v1:0", "claude"],
    ["us.anthropic.claude-haiku", "claude"],
    ["models/gemini-3-pro", "gemini"],
    ["meta-llama/Llama-3.1-8B-Instruct", "llama"],
    ["mistral-large-latest", "mistral"],
    ["Qwen/Qwen3-32B", "qwen"],
    ["amazon.nova-pro-v1:0", "nova"],
    ["command-r-plus", "command"],
    ["us.cohere.command-r-v1:0", "command"],
    ["palmyra-x5", "palmyra"],
    ["chat-bison@002", "gemini"],
    ["house/tuned-7b", "tuned"],
    ["42", "42"],
  ])("of %s is %s", (model, family) => {
    expect(familyOf(model)).toBe(family);
  });
});
