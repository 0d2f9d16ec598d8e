import type { SandboxModel } from "../models.ts";

const entry = (id: string, created: number) => ({
  id,
  object: "model",
  created,
  owned_by: "sallyport-sandbox",
});

/** The list of models in OpenAI's form. */
export function writeModels(models: readonly SandboxModel[], created: number): string {
  const data = models.map(({ name }) => entry(name, created));
  return `${JSON.stringify({ object: "list", data }, null, 2)}\n`;
}

/** One model in OpenAI's form, under the name it was asked for by. */
export function writeModel(_model: SandboxModel, asked: string, created: number): string {
  return `${JSON.stringify(entry(asked, created), null, 2)}\n`;
}
