import type { SandboxModel } from "../models.ts";

const entry = (model: SandboxModel, name: string) => ({
  name: `models/${name}`,
  version: "001",
  displayName: model.title,
  description: "A simulated model of the Sallyport sandbox.",
  inputTokenLimit: model.contextTokens,
  outputTokenLimit: model.outputTokensMax,
  supportedGenerationMethods:
    model.purpose === "vectors" ? ["embedContent", "batchEmbedContents"] : ["generateContent", "countTokens"],
  ...(model.purpose === "vectors" ? {} : { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2 }),
  ...(model.isReasoning ? { thinking: true } : {}),
});

/** The list of models in Google's form, on a single page. */
export function writeModels(models: readonly SandboxModel[]): string {
  return `${JSON.stringify({ models: models.map((model) => entry(model, model.name)) }, null, 2)}\n`;
}

/** One model in Google's form, under the name it was asked for by. */
export function writeModel(model: SandboxModel, asked: string): string {
  return `${JSON.stringify(entry(model, asked), null, 2)}\n`;
}
