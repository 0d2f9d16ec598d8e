import type { AnswerContext } from "../../exchange/codec.ts";
import type { MediaSource, Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import type { AnswerIds } from "./answer-ids.ts";
import { signatureOf } from "./seals.ts";
import type { PartBody } from "./wire.ts";

type Parts = readonly PartBody[];
type ToolCall = Extract<Part, { kind: "tool-call" }>;

/** Writes the parts of one answer in order, whole or in the pieces in which a stream brings them. */
export interface PartWriter {
  readonly text: (piece: string) => Parts;
  readonly endText: (seal: Seal | undefined) => Parts;
  readonly thought: (piece: string) => Parts;
  readonly endThought: (seal: Seal | undefined) => Parts;
  readonly whole: (part: Part) => Parts;
  /** What is left when the answer ends. */
  readonly end: () => Parts;
  readonly warnings: () => readonly Warning[];
}

/** So much reasoning that nobody asked to see is kept until it is known whether it has to go out. */
const hiddenMax = 8 * 1024 * 1024;

/**
 * A writer for the answer to `call`. Seals stand where Gemini's clients keep them: a `thoughtSignature` on the part that
 * was sealed; OpenAI's on the part after the reasoning, since clients that leave out thoughts still keep that one.
 * Reasoning that the client did not ask to see goes out only where it has to come back: sealed, or before calls.
 */
export function createPartWriter(context: Pick<AnswerContext, "call" | "wrap">, ids: AnswerIds): PartWriter {
  const warnings: Warning[] = [];
  const isHidden = context.call.reasoning?.show === "omitted";
  /** The signature that the next part has to bear. */
  let carried: string | undefined;
  let hidden = "";

  const sign = (seal: Seal | undefined): string | undefined => {
    if (seal === undefined) return undefined;
    const signature = signatureOf(seal, context);
    if (signature === undefined)
      warnings.push({ kind: "dropped", subject: "thoughtSignature", note: `state of ${seal.origin}` });
    return signature;
  };
  const takeCarried = (): { readonly thoughtSignature?: string } => {
    const thoughtSignature = carried;
    carried = undefined;
    return thoughtSignature === undefined ? {} : { thoughtSignature };
  };
  /** A carried signature as a part of its own, where the next part cannot bear it. */
  const setDown = (): Parts => (carried === undefined ? [] : [{ text: "", thought: true, ...takeCarried() }]);
  const takeHidden = (): string => {
    const text = hidden;
    hidden = "";
    return text;
  };
  const thoughtOf = (text: string, signature: string | undefined): Parts =>
    text === "" && signature === undefined
      ? []
      : [{ text, thought: true, ...(signature === undefined ? {} : { thoughtSignature: signature }) }];

  const text = (piece: string): Parts => (piece === "" ? [] : [{ text: piece, ...takeCarried() }]);
  const endText = (seal: Seal | undefined): Parts => {
    const signature = sign(seal);
    return signature === undefined ? [] : [...setDown(), { text: "", thoughtSignature: signature }];
  };
  const thought = (piece: string): Parts => {
    const before = setDown();
    if (!isHidden) return [...before, ...thoughtOf(piece, undefined)];
    hidden += piece;
    if (hidden.length > hiddenMax)
      throw new GatewayError("upstream_malformed_response", `reasoning of more than ${hiddenMax} characters`);
    return before;
  };
  const endThought = (seal: Seal | undefined): Parts => {
    const signature = sign(seal);
    if (signature === undefined) return [];
    const before = setDown();
    if (seal?.origin !== "openai-responses") return [...before, ...thoughtOf(takeHidden(), signature)];
    takeHidden();
    carried = signature;
    return before;
  };
  const reasoning = (part: Extract<Part, { kind: "reasoning" }>): Parts => {
    if (part.isRedacted && part.seal?.origin !== "openai-responses") {
      const signature = sign(part.seal);
      return signature === undefined ? [] : [...setDown(), { thought: true, thoughtSignature: signature }];
    }
    const isCarried = part.seal?.origin === "openai-responses";
    if (isHidden || isCarried) return [...thought(part.text), ...endThought(part.seal)];
    return [...setDown(), ...thoughtOf(part.text, sign(part.seal))];
  };
  const call = (part: ToolCall): Parts => {
    const before = thoughtOf(takeHidden(), undefined);
    const signature = sign(part.seal);
    const ahead = signature === undefined ? [] : setDown();
    const functionCall = { name: part.name, args: argumentsOf(part, warnings), id: ids.call(part.id) };
    const borne = signature === undefined ? takeCarried() : { thoughtSignature: signature };
    return [...before, ...ahead, { functionCall, ...borne }];
  };
  const drop = (subject: string): Parts => {
    warnings.push({ kind: "dropped", subject });
    return [];
  };
  return {
    text,
    endText,
    thought,
    endThought,
    end: setDown,
    warnings: () => warnings,
    whole(part) {
      switch (part.kind) {
        case "text": {
          const signature = sign(part.seal);
          if (signature === undefined) return text(part.text);
          return [...setDown(), { text: part.text, thoughtSignature: signature }];
        }
        case "refusal":
          return text(part.text);
        case "reasoning":
          return reasoning(part);
        case "tool-call":
          return call(part);
        case "image":
        case "document":
        case "audio":
        case "video":
          return mediaOf(part.source, part.mediaType) ?? drop(part.kind);
        case "opaque":
          return part.origin === "gemini-generate" ? [part.raw] : drop(part.type);
        case "tool-result":
          return drop(part.kind);
      }
    },
  };
}

/** Arguments as the object this dialect demands: their own text if it is one, else wrapped, which is declared. */
function argumentsOf({ name, argumentsText, isCustom }: ToolCall, warnings: Warning[]): RawJson {
  if (isCustom === true) {
    const note = "its free input stands in the member input";
    warnings.push({ kind: "emulated", subject: `functionCall ${name}`, note });
    return new RawJson(printJson({ input: argumentsText }));
  }
  if (argumentsText.trim() === "") return new RawJson("{}");
  if (isJsonObject(parseJson(argumentsText))) return new RawJson(argumentsText);
  const note = "its arguments are no JSON object and stand in the member arguments";
  warnings.push({ kind: "changed", subject: `functionCall ${name}`, note });
  return new RawJson(printJson({ arguments: argumentsText }));
}

function mediaOf(source: MediaSource, mediaType: string | undefined): Parts | undefined {
  switch (source.kind) {
    case "base64":
      return mediaType === undefined
        ? undefined
        : [{ inlineData: { mimeType: mediaType, data: source.data } }];
    case "url":
      return [
        { fileData: { ...(mediaType === undefined ? {} : { mimeType: mediaType }), fileUri: source.url } },
      ];
    case "text":
      return [{ text: source.text }];
    case "file":
      return undefined;
  }
}
