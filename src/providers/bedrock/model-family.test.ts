import { describe, expect, it } from "vitest";
import { abilitiesOf, type ModelAbilities } from "./model-family.ts";

describe("rule 65: abilitiesOf", () => {
  it.for<readonly [model: string, abilities: Partial<ModelAbilities>]>([
    [
      "anthropic.claude-v2:1",
      { isClaude: true, reasoning: { kind: "none" }, cache: undefined, resultStatus: false },
    ],
    ["anthropic.claude-instant-v1", { isClaude: true, reasoning: { kind: "none" }, schema: false }],
    [
      "anthropic.claude-3-sonnet-20240229-v1:0",
      { reasoning: { kind: "none" }, cache: undefined, resultStatus: true },
    ],
    ["anthropic.claude-3-5-haiku-20241022-v1:0", { cache: { inTools: true, hour: false }, sampling: true }],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", { reasoning: { kind: "budget" }, schema: false }],
    [
      "anthropic.claude-opus-4-20250514-v1:0",
      { reasoning: { kind: "budget" }, schema: false, strictTools: false },
    ],
    ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", { schema: true, strictTools: true, prefill: true }],
    [
      "global.anthropic.claude-opus-4-6-v1",
      { reasoning: { kind: "budget-or-adaptive" }, prefill: false, sampling: true },
    ],
    [
      "anthropic.claude-opus-4-8",
      { reasoning: { kind: "adaptive" }, sampling: false, xhigh: true, strictTools: false },
    ],
    ["anthropic.claude-sonnet-5", { reasoning: { kind: "adaptive" }, sampling: false, prefill: false }],
    [
      "arn:aws:bedrock:us-east-1:012345678901:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
      { isClaude: true, reasoning: { kind: "budget" } },
    ],
    [
      "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
      { cache: { inTools: false, hour: false } },
    ],
    ["us.amazon.nova-lite-v1:0", { isClaude: false, reasoning: { kind: "none" }, resultStatus: true }],
    [
      "us-gov.amazon.nova-2-lite-v1:0",
      { reasoning: { kind: "nova", efforts: ["none", "low", "medium", "high"] } },
    ],
    ["amazon.titan-text-lite-v1", { cache: undefined, resultStatus: false }],
    ["us.meta.llama3-3-70b-instruct-v1:0", { cache: undefined, resultStatus: false, toolIds: "plain" }],
    ["mistral.devstral-2-123b", { toolIds: "nine-characters" }],
    ["us.openai.gpt-5.4", { sampling: false }],
    ["openai.gpt-oss-20b-1:0", { sampling: true }],
    [
      "arn:aws:bedrock:us-east-1:1:application-inference-profile/x1y2",
      { isClaude: false, cache: { inTools: true, hour: true } },
    ],
  ])("of %s", ([model, abilities]) => {
    expect(abilitiesOf(model)).toMatchObject(abilities);
  });
});
