import { describe, expect, it } from "vitest";
import { abilitiesOf, modelVersion } from "./model-version.ts";

describe("modelVersion", () => {
  it.for<[string, string]>([
    ["claude-2.1", "2.1"],
    ["claude-instant-1.2", "1.2"],
    ["claude-3-opus-20240229", "3.0"],
    ["claude-3-5-haiku-latest", "3.5"],
    ["claude-3-7-sonnet-20250219", "3.7"],
    ["claude-opus-4-20250514", "4.0"],
    ["claude-opus-4-1-20250805", "4.1"],
    ["claude-sonnet-4-5", "4.5"],
    ["claude-sonnet-4-5@20250929", "4.5"],
    ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "4.5"],
    ["anthropic/claude-sonnet-4.6", "4.6"],
    ["claude-opus-5", "5.0"],
    ["claude-fable-10-2", "10.2"],
  ])("reads %s", ([model, expected]) => {
    const version = modelVersion(model);
    expect(`${version?.major}.${version?.minor}`).toBe(expected);
  });

  it("tells nothing of other models", () => {
    expect(modelVersion("glm-4.6")).toBeUndefined();
    expect(abilitiesOf("glm-4.6")).toMatchObject({ sampling: true, prefill: true, thinking: "budget" });
  });
});
