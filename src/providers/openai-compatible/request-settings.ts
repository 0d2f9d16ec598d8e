import type { Call, Tool } from "../../exchange/call.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Printable } from "../../kernel/json.ts";
import { nearestEffort, wantedEffort } from "./effort.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** `tools`, `tool_choice` and `parallel_tool_calls`. */
export function toolMembers(call: Call, ledger: Ledger): Members {
  const tools = call.tools.flatMap((tool) => toolOf(tool, call, ledger));
  if (tools.length === 0) return {};
  return {
    tools,
    ...(call.toolChoice !== undefined && { tool_choice: choiceOf(call.toolChoice) }),
    ...(call.parallelTools !== undefined && { parallel_tool_calls: call.parallelTools }),
  };
}

function toolOf(tool: Tool, { source }: Call, ledger: Ledger): readonly Printable[] {
  switch (tool.kind) {
    case "function": {
      if (tool.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
      const isStrict = tool.strict === true && qualifiesForStrict(tool.parameters);
      if (tool.strict === true && !isStrict) ledger.note({ kind: "dropped", subject: "strict" });
      return [
        {
          type: "function",
          function: {
            name: tool.name,
            ...(tool.description !== undefined && { description: tool.description }),
            ...(tool.parameters !== undefined && { parameters: tool.parameters }),
            ...(isStrict && { strict: true }),
          },
        },
      ];
    }
    case "custom":
      if (tool.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
      return [
        {
          type: "custom",
          custom: {
            name: tool.name,
            ...(tool.description !== undefined && { description: tool.description }),
            ...(tool.format !== undefined && { format: tool.format }),
          },
        },
      ];
    case "opaque":
      if (source === "openai-chat") return [tool.raw];
      ledger.refuse("unsupported_content", `a tool of type ${tool.type}`);
      return [];
  }
}

const named = (name: string): Printable => ({ type: "function", function: { name } });

function choiceOf(choice: NonNullable<Call["toolChoice"]>): Printable {
  switch (choice.kind) {
    case "auto":
    case "none":
      return choice.kind;
    case "any":
      return "required";
    case "named":
      return named(choice.name);
    case "among":
      return {
        type: "allowed_tools",
        allowed_tools: { mode: choice.isRequired ? "required" : "auto", tools: choice.names.map(named) },
      };
  }
}

export function outputMember({ output }: Call, ledger: Ledger): Members {
  switch (output?.kind) {
    case undefined:
      return {};
    case "json":
      return { response_format: { type: "json_object" } };
    case "schema": {
      const strict = output.strict && qualifiesForStrict(output.schema);
      if (output.strict && !strict) ledger.note({ kind: "dropped", subject: "strict" });
      return {
        response_format: {
          type: "json_schema",
          json_schema: { name: output.name, schema: output.schema, strict },
        },
      };
    }
  }
}

/** Output limit and sampling. Reasoning models take neither temperature nor `top_p`; leaving out their default, 1, loses nothing. */
export function samplingMembers({ sampling }: Call, family: ModelFamily, ledger: Ledger): Members {
  const { temperature, topP, topK, stop, seed, choices, outputTokensMax } = sampling;
  if (topK !== undefined) ledger.note({ kind: "dropped", subject: "top_k" });
  if (family.isReasoning && (temperature ?? 1) !== 1)
    ledger.note({ kind: "dropped", subject: "temperature" });
  if (family.isReasoning && (topP ?? 1) !== 1) ledger.note({ kind: "dropped", subject: "top_p" });
  if (stop !== undefined && stop.length > 4)
    ledger.refuse("unsupported_parameter", "more than four stop sequences");
  return {
    ...(outputTokensMax !== undefined && { [family.tokenLimit]: outputTokensMax }),
    ...(temperature !== undefined && !family.isReasoning && { temperature }),
    ...(topP !== undefined && !family.isReasoning && { top_p: topP }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
    ...(seed !== undefined && { seed }),
    ...(choices !== undefined && { n: choices }),
    ...(sampling.presencePenalty !== undefined && { presence_penalty: sampling.presencePenalty }),
    ...(sampling.frequencyPenalty !== undefined && { frequency_penalty: sampling.frequencyPenalty }),
  };
}

/** `reasoning_effort`; a model that takes none loses it, declared. */
export function reasoningMember(call: Call, family: ModelFamily, ledger: Ledger): Members {
  const wanted = wantedEffort(call);
  if (wanted === undefined) {
    // An adaptive call leaves the effort to the model, which is what leaving it out means.
    if (call.reasoning?.budgetTokens !== undefined) ledger.note({ kind: "dropped", subject: "thinking" });
    return {};
  }
  const effort = nearestEffort(wanted, family.efforts);
  if (effort === undefined) {
    if (wanted !== "none" && !family.echoesReasoning) ledger.note({ kind: "dropped", subject: "thinking" });
    return {};
  }
  if (effort !== wanted)
    ledger.note({ kind: "clamped", subject: "reasoning_effort", note: `It was sent as ${effort}.` });
  return { reasoning_effort: effort };
}

/** Tier, end user, metadata. */
export function accountMembers(call: Call, family: ModelFamily, ledger: Ledger): Members {
  const { tier, endUser, metadata, source } = call;
  const isNative = source === "openai-chat";
  if (metadata !== undefined && !isNative) ledger.note({ kind: "dropped", subject: "metadata" });
  return {
    ...tierMember(tier, isNative, ledger),
    ...(endUser !== undefined && { [family.endUser]: endUserFor(endUser, family, ledger) }),
    ...(metadata !== undefined && isNative && { metadata }),
  };
}

/** The tiers of other dialects: `auto` is the default, `standard_only` is OpenAI's `default`. */
function tierMember(tier: string | undefined, isNative: boolean, ledger: Ledger): Members {
  if (tier === undefined || (tier === "auto" && !isNative)) return {};
  if (isNative) return { service_tier: tier };
  if (tier === "standard_only") return { service_tier: "default" };
  ledger.note({ kind: "dropped", subject: "service_tier" });
  return {};
}

/** A safety identifier has at most 64 characters; a longer one becomes a hash of itself, which identifies as well. */
function endUserFor(endUser: string, family: ModelFamily, ledger: Ledger): string {
  if (family.endUser === "user" || endUser.length <= 64) return endUser;
  ledger.note({
    kind: "changed",
    subject: "user_id",
    note: "It is longer than 64 characters; its hash was sent.",
  });
  return base62(fingerprint128(endUser));
}
