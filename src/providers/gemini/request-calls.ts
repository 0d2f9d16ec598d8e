import type { Part } from "../../exchange/part.ts";
import { isJsonObject, type Printable, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import type { RequestNotes } from "./request-notes.ts";

/** A call that results may answer. */
export interface KnownCall {
  readonly id: string;
  readonly name: string;
}

type ToolCall = Extract<Part, { kind: "tool-call" }>;

/** What Gemini takes for a signature that is lost. Source: Gemini API, "Thought signatures", FAQ. */
const skipSignature = "skip_thought_signature_validator";

/** Whether the call brings Gemini's own signature back. */
export function isSealed({ seal }: ToolCall): boolean {
  return seal?.origin === "gemini-generate";
}

/** The signature of a call that has lost its own, declared. */
export function skipped(notes: RequestNotes): string {
  const note = "continuity-lost: a call came back without its signature";
  notes.warn({ kind: "dropped", subject: "thoughtSignature", note });
  return skipSignature;
}

/** Writes a call of the model; `signature` stands in for one that is lost. */
export function encodeCall(part: ToolCall, signature: string | undefined, notes: RequestNotes): Printable {
  if (part.cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
  if (part.seal !== undefined && !isSealed(part)) {
    notes.warn({ kind: "dropped", subject: "reasoning", note: "it is not of this provider" });
  }
  return {
    functionCall: {
      ...idFor(part.id, notes),
      name: part.name,
      args: part.isCustom === true ? { input: part.argumentsText } : encodeArgs(part, notes),
    },
    thoughtSignature: isSealed(part) ? part.seal?.value : signature,
  };
}

/** From Gemini 3 on a call and its result are matched by id; older models are asked by name and order. */
export function idFor(id: string, { abilities }: RequestNotes): { readonly id?: string } {
  return abilities.isFrom3 && id !== "" ? { id } : {};
}

/** Arguments as an object: their own text if they are one, else wrapped, declared, and unwrapped on the way back. */
function encodeArgs({ argumentsText, name }: ToolCall, notes: RequestNotes): RawJson {
  if (argumentsText.trim() === "") return new RawJson("{}");
  if (isJsonObject(parseJson(argumentsText))) return new RawJson(argumentsText);
  const note = "its arguments are no JSON object and stand in the member arguments";
  notes.warn({ kind: "changed", subject: `tool call ${name}`, note });
  return new RawJson(printJson({ arguments: argumentsText }));
}
