import { describe, expect, it } from "vitest";
import { abilitiesOf, modelVersion } from "./model-version.ts";

describe("modelVersion", () => {
  it.for([
    { model: "gemini-2.5-flash-lite", version: { major: 2, minor: 5 } },
    { model: "models/gemini-3-pro-preview", version: { major: 3, minor: 0 } },
    { model: "gemini-3.1-flash-image", version: { major: 3, minor: 1 } },
    { model: "gemini-1.5-pro-002", version: { major: 1, minor: 5 } },
    { model: "gemini-flash-latest", version: undefined },
    { model: "tunedModels/mine-123", version: undefined },
  ])("reads $model", ({ model, version }) => {
    expect(modelVersion(model)).toEqual(version);
  });
});

describe("abilitiesOf", () => {
  const level = (...levels: readonly string[]) => ({ kind: "level", levels });
  const none = { kind: "none" };
  it.for([
    { model: "gemini-1.5-pro", thinking: none },
    { model: "gemini-2.0-flash", thinking: none },
    { model: "gemini-2.5-flash", thinking: { kind: "budget", min: 1, max: 24_576, off: true } },
    { model: "gemini-2.5-flash-lite", thinking: { kind: "budget", min: 512, max: 24_576, off: true } },
    { model: "gemini-2.5-pro", thinking: { kind: "budget", min: 128, max: 32_768, off: false } },
    { model: "gemini-2.5-flash-image", thinking: none },
    { model: "gemini-2.5-pro-preview-tts", thinking: none },
    { model: "gemini-robotics-er-1.5-preview", thinking: { kind: "budget", min: 1, max: 24_576, off: true } },
    { model: "gemini-3-pro-preview", thinking: level("LOW", "HIGH") },
    { model: "gemini-3.1-pro-preview", thinking: level("LOW", "MEDIUM", "HIGH") },
    { model: "gemini-3-flash-preview", thinking: level("MINIMAL", "LOW", "MEDIUM", "HIGH") },
    { model: "gemini-3.5-flash", thinking: level("MINIMAL", "LOW", "MEDIUM", "HIGH") },
    { model: "gemini-3.8-flash", thinking: level("LOW", "MEDIUM", "HIGH") },
    { model: "gemini-3.1-flash-lite", thinking: level("MINIMAL", "LOW", "MEDIUM", "HIGH") },
    { model: "gemini-3-pro-image-preview", thinking: none },
    { model: "gemini-3.1-flash-image", thinking: level("MINIMAL", "HIGH") },
    { model: "gemini-flash-latest", thinking: level("LOW", "MEDIUM", "HIGH") },
    { model: "gemini-4-pro", thinking: level("LOW", "MEDIUM", "HIGH") },
    { model: "gemma-3-27b-it", thinking: none },
    { model: "tunedModels/mine", thinking: none },
  ])("knows how $model is told to think", ({ model, thinking }) => {
    expect(abilitiesOf(model).thinking).toEqual(thinking);
  });

  it("knows from which version on signatures are demanded and addresses are fetched", () => {
    const abilities = [
      "gemini-2.0-flash",
      "gemini-2.5-pro",
      "gemini-3-flash-preview",
      "gemini-pro-latest",
    ].map((model) => {
      const { isFrom3, fetchesUrls } = abilitiesOf(model);
      return [isFrom3, fetchesUrls];
    });
    expect(abilities).toEqual([
      [false, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("knows who takes no system instruction", () => {
    expect(
      ["gemma-3-27b-it", "gemma-3n-e4b-it", "gemma-4-31b-it", "gemini-2.5-pro"].map(
        (model) => abilitiesOf(model).takesSystem,
      ),
    ).toEqual([false, false, true, true]);
  });
});
