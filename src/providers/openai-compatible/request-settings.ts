import type { Call } from "../../exchange/call.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelFamily } from "./model-family.ts";
import type { QuirkProfile } from "./quirks.ts";
import { qualifiesForStrict } from "./strict-schema.ts";

type Members = { readonly [member: string]: Printable };

/** What settings are written by. */
interface Writing {
  readonly call: Call;
  readonly family: ModelFamily;
  readonly quirks: QuirkProfile;
  readonly ledger: Ledger;
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
export function samplingMembers(writing: Writing): Members {
  const { call, family, quirks, ledger } = writing;
  const { temperature, topP, topK, stop, outputTokensMax, logprobs } = call.sampling;
  // A translated answer is one.
  if ((call.sampling.choices ?? 1) > 1) ledger.refuse("unsupported_parameter", "more than one answer");
  const takesTopK = quirks.acceptsTopK && !family.isReasoning;
  if (topK !== undefined && !takesTopK) ledger.note({ kind: "dropped", subject: "top_k" });
  if (family.isReasoning && (temperature ?? 1) !== 1)
    ledger.note({ kind: "dropped", subject: "temperature" });
  if (family.isReasoning && (topP ?? 1) !== 1) ledger.note({ kind: "dropped", subject: "top_p" });
  if (stop !== undefined && quirks.stopMax !== undefined && stop.length > quirks.stopMax)
    ledger.refuse("unsupported_parameter", `more than ${quirks.stopMax} stop sequences`);
  return told({
    [limitMember(writing)]: outputTokensMax,
    temperature: family.isReasoning ? undefined : temperature,
    top_p: family.isReasoning ? undefined : topP,
    top_k: takesTopK ? topK : undefined,
    stop: stop !== undefined && stop.length > 0 ? stop : undefined,
    seed: call.sampling.seed,
    presence_penalty: call.sampling.presencePenalty,
    frequency_penalty: call.sampling.frequencyPenalty,
    logprobs: logprobs === undefined ? undefined : true,
    top_logprobs: logprobs === 0 ? undefined : logprobs,
    logit_bias: call.sampling.logitBias,
  });
}

/** The members that have a value. */
function told(members: { readonly [member: string]: Printable | undefined }): Members {
  const known: { [member: string]: Printable } = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) known[name] = value;
  return known;
}

function limitMember({ family, quirks }: Writing): string {
  return quirks.tokenLimit === "by-model" ? family.tokenLimit : quirks.tokenLimit;
}

/** Tier, end user, metadata, whether the answer is kept. */
export function accountMembers({ call, family, quirks, ledger }: Writing): Members {
  const { tier, endUser, metadata, source, isStored, continues } = call;
  const isNative = source === "openai-chat";
  if (metadata !== undefined && !isNative) ledger.note({ kind: "dropped", subject: "metadata" });
  if (continues?.answer !== undefined) ledger.refuse("unsupported_parameter", "previous_response_id");
  if (continues?.conversation !== undefined) ledger.refuse("unsupported_parameter", "conversation");
  // A server without the member keeps nothing.
  if (isStored === true && !quirks.acceptsStore) ledger.note({ kind: "dropped", subject: "store" });
  return {
    ...tierMember(tier, isNative, ledger),
    ...(endUser !== undefined && endUserMember(endUser, { family, quirks, ledger })),
    ...(metadata !== undefined && isNative && { metadata }),
    ...(isStored !== undefined && quirks.acceptsStore && { store: isStored }),
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

/**
 * The end user in the member the server has for it. One that does not fit becomes a hash of itself, which identifies as
 * well: a safety identifier has at most 64 characters, DeepSeek's `user_id` is plain.
 */
function endUserMember(endUser: string, { family, quirks, ledger }: Omit<Writing, "call">): Members {
  const member = quirks.endUser === "by-model" ? family.endUser : quirks.endUser;
  const isFitting =
    member === "user" ||
    (member === "safety_identifier" ? endUser.length <= 64 : /^[A-Za-z0-9_-]{1,512}$/.test(endUser));
  if (isFitting) return { [member]: endUser };
  const note = `The provider's ${member} does not take it as it is; its hash was sent.`;
  ledger.note({ kind: "changed", subject: "user_id", note });
  return { [member]: base62(fingerprint128(endUser)) };
}
