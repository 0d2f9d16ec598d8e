import type { ErrorAnswer } from "../dialect.ts";
import { openai } from "../openai-chat/voice.ts";
import { Refusal } from "../refusal.ts";

/** A refusal as the Responses API prints it: some have other words, codes or statuses than those of Chat Completions. */
export function writeError(
  refusal: Refusal,
  call: { readonly url: URL; readonly requestId: string },
): ErrorAnswer {
  return openai.error(inOwnWords(refusal), call);
}

function inOwnWords(refusal: Refusal): Refusal {
  const { kind, facts } = refusal;
  if (kind === "model-not-found") {
    const message = `The requested model '${facts.param ?? ""}' does not exist.`;
    return new Refusal("invalid", message, { ...facts, param: "model", code: "model_not_found" });
  }
  if (kind === "context-length") {
    const message =
      "Your input exceeds the context window of this model. Please adjust your input and try again.";
    return new Refusal("context-length", message, { ...facts, param: "input" });
  }
  if (kind === "content-policy") {
    const message =
      "Invalid prompt: your prompt was flagged by the safety system of the sandbox as potentially violating its usage policy. " +
      "Please try again with a different prompt.";
    return new Refusal("invalid", message, { ...facts, code: "invalid_prompt" });
  }
  return refusal;
}
