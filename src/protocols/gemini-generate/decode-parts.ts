import type { DecodeContext } from "../../exchange/codec.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { decodeMedia, opaque } from "./decode-media.ts";
import { type CallContext, decodeCall, decodeResult } from "./decode-tool-parts.ts";
import { blame, camelOf, declareRest, type Place, placeOf, restOf, stringOf, valueOf } from "./fields.ts";
import { openSignature } from "./seals.ts";

/** What reading parts needs besides the part. */
export interface PartContext extends CallContext {
  readonly unwrap: DecodeContext["unwrap"];
}

/** Members that say something about a part's data and are no data themselves. */
const annotations: ReadonlySet<string> = new Set([
  "thought",
  "thoughtSignature",
  "videoMetadata",
  "mediaResolution",
  "mediaProcessing",
  "partMetadata",
  "speechMetadata",
]);

/** Data that has a canonical form; a part has one of them. */
const dataMembers = ["functionCall", "functionResponse", "inlineData", "fileData", "text"] as const;

const textMembers = new Set(["text", "thought", "thoughtSignature"]);
const callMembers = new Set(["functionCall", "thought", "thoughtSignature"]);
const resultMembers = new Set(["functionResponse"]);

/** Reads one part; none when it is faulty or says nothing. Parts whose data we do not know are opaque. */
export function decodePart(place: Place, context: PartContext): readonly Part[] {
  switch (dataMembers.find((member) => valueOf(place, member) !== undefined)) {
    case "text":
      return decodeText(place, context);
    case "functionCall": {
      declareRest(place, callMembers);
      const call = placeOf(place, "functionCall");
      const part = call && decodeCall(call, context);
      if (part === undefined) return [];
      const seal = sealOf(place, context);
      return isForeign(seal) ? [carried(seal), part] : [{ ...part, ...sealed(seal) }];
    }
    case "functionResponse": {
      const result = placeOf(place, "functionResponse");
      declareRest(place, resultMembers);
      return result === undefined ? [] : decodeResult(result, context);
    }
    case "inlineData":
      return decodeMedia(place, "inlineData");
    case "fileData":
      return decodeMedia(place, "fileData");
    case undefined: {
      const type = restOf(place, annotations)[0];
      if (type !== undefined) return [opaque(place, camelOf(type))];
      if (valueOf(place, "thoughtSignature") !== undefined) return decodeText(place, context);
      return blame(place, "text", "a part with data") ?? [];
    }
  }
}

/** Text, or a thought. Without its text a thought is the redacted reasoning of another provider. */
function decodeText(place: Place, context: PartContext): readonly Part[] {
  declareRest(place, textMembers);
  const text = stringOf(place, "text") ?? "";
  const seal = sealOf(place, context);
  if (valueOf(place, "thought") === true) {
    const isRedacted = isForeign(seal) && valueOf(place, "text") === undefined;
    return text === "" && seal === undefined
      ? []
      : [{ kind: "reasoning", text, isRedacted, ...sealed(seal) }];
  }
  if (isForeign(seal)) return [carried(seal), ...(text === "" ? [] : [{ kind: "text", text } as const])];
  return text === "" && seal === undefined ? [] : [{ kind: "text", text, ...sealed(seal) }];
}

function sealOf(place: Place, { unwrap }: PartContext): Seal | undefined {
  const signature = stringOf(place, "thoughtSignature") ?? "";
  return signature === "" ? undefined : openSignature(signature, unwrap);
}

function isForeign(seal: Seal | undefined): seal is Seal {
  return seal !== undefined && seal.origin !== "gemini-generate";
}

/** Another provider's reasoning, whose seal rode on the part that followed it. */
function carried(seal: Seal): Part {
  return { kind: "reasoning", text: "", isRedacted: false, ...sealed(seal) };
}

/** What OpenAI shows of sealed reasoning is always its summary. */
function sealed(seal: Seal | undefined): { readonly seal?: Seal; readonly isSummary?: true } {
  if (seal === undefined) return {};
  return seal.origin === "openai-responses" ? { seal, isSummary: true } : { seal };
}
