import type { Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { decodePart, type PartContext } from "./decode-parts.ts";
import { blame, declareRest, type Place, placesOf, stringOf, valueOf } from "./fields.ts";

const contentMembers = new Set(["role", "parts"]);

/** A turn while it is being put together. */
interface GrowingTurn {
  readonly role: "user" | "assistant";
  readonly parts: Part[];
}

/**
 * Reads `contents`. Contents of the model that follow each other are one turn: clients keep each chunk of a stream as a
 * content of its own. Results that follow each other are one turn too.
 */
export function decodeContents(body: Place, context: PartContext): readonly Turn[] {
  if (valueOf(body, "contents") === undefined) blame(body, "contents", "an array of contents");
  const turns: GrowingTurn[] = [];
  for (const content of placesOf(body, "contents")) {
    declareRest(content, contentMembers);
    const role = roleOf(content);
    const last = turns.at(-1);
    if (role === "assistant" && last?.role !== role) context.ledger.nextTurn();
    const parts = decodeParts(content, context);
    if (role === undefined) continue;
    if (last?.role === "assistant" && role === last.role) append(last.parts, parts);
    else if (last?.role === "user" && isResults(last.parts) && isResults(parts)) last.parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  }
  return turns;
}

/** Reads `systemInstruction`: a content, whose role says nothing, or its text. */
export function decodeInstructions(body: Place, context: PartContext): readonly Part[] {
  const value = valueOf(body, "systemInstruction");
  if (typeof value === "string") return value === "" ? [] : [{ kind: "text", text: value }];
  return placesOf(body, "systemInstruction").flatMap((content) => {
    declareRest(content, contentMembers);
    return decodeParts(content, context);
  });
}

function roleOf(content: Place): (Turn["role"] & ("user" | "assistant")) | undefined {
  switch (stringOf(content, "role")) {
    case undefined:
    case "":
    case "user":
    case "function":
      return "user";
    case "model":
      return "assistant";
    default:
      return blame(content, "role", '"user", "model" or "function"');
  }
}

/** The parts of a content. Thoughts that follow each other are one, which ends with its seal. */
function decodeParts(content: Place, context: PartContext): readonly Part[] {
  const parts: Part[] = [];
  for (const place of placesOf(content, "parts")) {
    for (const part of decodePart(place, context)) {
      const last = parts.at(-1);
      const joined = last === undefined ? undefined : joinThoughts(last, part);
      if (joined === undefined) parts.push(part);
      else parts[parts.length - 1] = joined;
    }
  }
  return parts;
}

/** Adds the parts of a content to those before it: what a stream had cut is joined again. */
function append(parts: Part[], more: readonly Part[]): void {
  const [first, ...rest] = more;
  if (first === undefined) return;
  const last = parts.at(-1);
  const joined = last === undefined ? undefined : (joinThoughts(last, first) ?? joinTexts(last, first));
  if (joined === undefined) parts.push(first, ...rest);
  else parts.splice(-1, 1, joined, ...rest);
}

function joinThoughts(left: Part, right: Part): Part | undefined {
  if (left.kind !== "reasoning" || right.kind !== "reasoning") return undefined;
  if (left.seal !== undefined || left.isRedacted || right.isRedacted) return undefined;
  return { ...right, text: left.text + right.text };
}

function joinTexts(left: Part, right: Part): Part | undefined {
  if (left.kind !== "text" || right.kind !== "text") return undefined;
  if (left.seal !== undefined || right.seal !== undefined) return undefined;
  return { kind: "text", text: left.text + right.text };
}

function isResults(parts: readonly Part[]): boolean {
  return parts.length > 0 && parts.every(({ kind }) => kind === "tool-result");
}
