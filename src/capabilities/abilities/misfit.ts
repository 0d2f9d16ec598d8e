import { type KnownAbilities, type KnownAbility, type Medium, media } from "../../exchange/abilities.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";

const inGemini = ['"inlineData"', '"inline_data"', '"fileData"', '"file_data"'];

/** One of them stands in every body, of any dialect, that brings the medium. */
const marks: Readonly<Record<Medium, readonly string[]>> = {
  text: [],
  image: ['"image_url"', '"input_image"', '"image"', ...inGemini],
  audio: ['"input_audio"', ...inGemini],
  video: ['"video_url"', ...inGemini],
  document: ['"file"', '"input_file"', '"document"', ...inGemini],
};
const allMarks = marksOf(media);

/** Bytes of a token that no tokenizer falls below by much: shorter bodies fit without being looked into. */
const bytesPerTokenMin = 2;

/** One call as it is held against a model. */
export interface FittingCall {
  readonly model: string;
  readonly abilities: KnownAbilities;
  readonly bodyBytes: number;
  /** Whether one of the texts stands in the body. */
  readonly holds: (texts: readonly string[]) => boolean;
  /** The call in the canonical form; `undefined` when it cannot be read: then its upstream may judge it. */
  readonly call: () => Call | undefined;
  /** The fewest tokens that the body can have, by all that is known of such models. */
  readonly tokensAtLeast: () => number;
}

/**
 * Why a model cannot serve a call, or `undefined`: told before its provider is asked. What is not known of a model is
 * never held against it, and of a body's tokens only the least that they can be.
 *
 * Source: AI models specification, part 17.
 */
export function misfitOf(fitting: FittingCall): GatewayError | undefined {
  const { inputs, contextTokens } = fitting.abilities;
  return (
    (inputs === undefined ? undefined : mediaMisfit(fitting, inputs)) ??
    (contextTokens === undefined || contextTokens.isRough === true
      ? undefined
      : contextMisfit(fitting, contextTokens))
  );
}

function mediaMisfit(
  { model, holds, call }: FittingCall,
  inputs: KnownAbility<readonly Medium[]>,
): GatewayError | undefined {
  const lacking = media.filter((kind) => !inputs.value.includes(kind));
  if (lacking.length === 0 || !holds(marksOf(lacking))) return undefined;
  const { instructions = [], turns = [] } = call() ?? {};
  const brought = new Set([...instructions, ...turns.flatMap(({ parts }) => parts)].flatMap(mediaIn));
  const kind = lacking.find((one) => brought.has(one));
  if (kind === undefined) return undefined;
  const message = `The model \`${model}\` does not take ${namesOf[kind]}, only ${inputs.value.join(", ")}${saidBy(inputs)}.`;
  return new GatewayError("unsupported_content", message, { message });
}

function contextMisfit(
  { model, bodyBytes, holds, tokensAtLeast }: FittingCall,
  context: KnownAbility<number>,
): GatewayError | undefined {
  // The bytes of images and files say nothing of their tokens.
  if (bodyBytes <= context.value * bytesPerTokenMin || holds(allMarks)) return undefined;
  const least = tokensAtLeast();
  if (least <= context.value) return undefined;
  const message = `The prompt has at least ${least} tokens by estimate; the model \`${model}\` takes ${context.value}, its answer included${saidBy(context)}.`;
  return new GatewayError("context_length_exceeded", message, { message });
}

function marksOf(kinds: readonly Medium[]): readonly string[] {
  return [...new Set(kinds.flatMap((kind) => marks[kind]))];
}

const saidBy = ({ source, asOf }: KnownAbility<unknown>): string =>
  ` (${source}${asOf === null ? "" : `, ${asOf}`})`;

const namesOf: Readonly<Record<Medium, string>> = {
  text: "text",
  image: "images",
  audio: "audio",
  video: "video",
  document: "documents",
};

/** The media of one part; a document of plain text is text. */
function mediaIn(part: Part): readonly Medium[] {
  switch (part.kind) {
    case "image":
    case "audio":
    case "video":
      return [part.kind];
    case "document":
      return part.source.kind === "text" || part.mediaType?.startsWith("text/") === true ? [] : ["document"];
    case "tool-result":
      return part.content.flatMap(mediaIn);
    default:
      return [];
  }
}
