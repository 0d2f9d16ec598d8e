import { type KnownAbilities, type KnownAbility, type Medium, media } from "../../exchange/abilities.ts";
import type { Misfit } from "../../exchange/misfit.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { Needs } from "./needs.ts";

/** A model as it is held against a call. */
export interface FittingModel {
  readonly provider: string;
  readonly model: string;
  readonly abilities: KnownAbilities;
}

/**
 * Why a model cannot serve a call, or `undefined`: told before its provider is asked. What is not known of a model is
 * never held against it, and of a prompt's tokens only the least that they can be.
 *
 * Source: AI models specification, part 17.
 */
export function misfitOf(fitting: FittingModel, needs: Needs): Misfit | undefined {
  const { inputs, tools, schema, contextTokens } = fitting.abilities;
  return (
    (isTold(inputs) ? mediaMisfit(fitting, inputs, needs) : undefined) ??
    (isLacking(tools) && needs.tools() ? lacks(fitting, "tools", tools) : undefined) ??
    (isLacking(schema) && needs.schema() ? lacks(fitting, "response_format", schema) : undefined) ??
    (isTold(contextTokens) ? contextMisfit(fitting, contextTokens, needs) : undefined)
  );
}

/** What was told beside something else is held against nobody. */
const isTold = <Value>(known: KnownAbility<Value> | undefined): known is KnownAbility<Value> =>
  known !== undefined && known.isRough !== true;

const isLacking = (known: KnownAbility<boolean> | undefined): known is KnownAbility<boolean> =>
  isTold(known) && !known.value;

function mediaMisfit(
  { model }: FittingModel,
  inputs: KnownAbility<readonly Medium[]>,
  needs: Needs,
): Misfit | undefined {
  const lacking = media.filter((kind) => !inputs.value.includes(kind));
  const kind = lacking.length === 0 ? undefined : needs.mediumOf(lacking);
  if (kind === undefined) return undefined;
  const rest = `${namesOf[kind]}, only ${inputs.value.join(", ")}${saidBy(inputs)}`;
  return {
    by: "abilities",
    detail: `does not take ${rest}`,
    error: refusal("unsupported_content", `The model \`${model}\` does not take ${rest}.`),
  };
}

/** By the parameter that asks for what is lacking. */
const lackingText = {
  tools: "does not call tools",
  response_format: "does not hold its answers to a JSON Schema",
} as const;

function lacks(
  { model }: FittingModel,
  param: keyof typeof lackingText,
  known: KnownAbility<boolean>,
): Misfit {
  const detail = `${lackingText[param]}${saidBy(known)}`;
  const message = `The model \`${model}\` ${detail}.`;
  return {
    by: "abilities",
    detail,
    error: new GatewayError("unsupported_parameter", message, { message, param }),
  };
}

function contextMisfit(
  fitting: FittingModel,
  context: KnownAbility<number>,
  { tokensBeyond }: Needs,
): Misfit | undefined {
  const least = tokensBeyond(context.value, fitting);
  if (least === undefined) return undefined;
  const prompt = `The prompt has at least ${least} tokens by estimate`;
  const rest = `takes ${context.value}, its answer included${saidBy(context)}`;
  return {
    by: "context_window",
    detail: `${rest}, and the prompt has at least ${least} tokens by estimate`,
    error: refusal("context_length_exceeded", `${prompt}; the model \`${fitting.model}\` ${rest}.`),
  };
}

const refusal = (code: "unsupported_content" | "context_length_exceeded", message: string): GatewayError =>
  new GatewayError(code, message, { message });

const saidBy = ({ source, asOf }: KnownAbility<unknown>): string =>
  ` (${source}${asOf === null ? "" : `, ${asOf}`})`;

const namesOf: Readonly<Record<Medium, string>> = {
  text: "text",
  image: "images",
  audio: "audio",
  video: "video",
  document: "documents",
};
