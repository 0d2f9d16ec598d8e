import type { SandboxModel } from "../models.ts";

const supported = (isSupported: boolean) => ({ supported: isSupported });

const entry = (model: SandboxModel, id: string, created: number) => ({
  type: "model",
  id,
  display_name: model.title,
  created_at: `${new Date(created * 1000).toISOString().slice(0, 19)}Z`,
  lifecycle: "active",
  deprecated_at: null,
  retires_at: null,
  line: null,
  max_input_tokens: model.contextTokens,
  max_tokens: model.outputTokensMax,
  capabilities: {
    batch: supported(false),
    citations: supported(false),
    code_execution: supported(false),
    context_management: supported(false),
    effort: supported(false),
    image_input: supported(true),
    pdf_input: supported(false),
    server_tools: { ...supported(false), code_execution: supported(false), web_search: supported(false) },
    structured_outputs: supported(true),
    thinking: {
      ...supported(model.isReasoning),
      types: { adaptive: supported(model.isReasoning), enabled: supported(model.isReasoning) },
    },
  },
});

/** The list of models in Anthropic's form, on a single page. */
export function writeModels(models: readonly SandboxModel[], created: number): string {
  const data = models.map((model) => entry(model, model.name, created));
  return JSON.stringify({
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

/** One model in Anthropic's form, under the name it was asked for by. */
export function writeModel(model: SandboxModel, asked: string, created: number): string {
  return JSON.stringify(entry(model, asked, created));
}
