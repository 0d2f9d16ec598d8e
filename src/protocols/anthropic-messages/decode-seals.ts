import type { DecodeContext } from "../../exchange/codec.ts";
import { envelopeMark } from "../../exchange/own-state.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Notes } from "./notes.ts";

/**
 * The seal that a signature or the data of redacted thinking is: the provider's own, or what an envelope holds.
 * `undefined` for none, and for an envelope that does not open, which is declared and never forwarded.
 */
export function decodeSeal(
  text: string,
  { unwrap, notes, path }: Pick<DecodeContext, "unwrap"> & { readonly notes: Notes; readonly path: string },
): Seal | undefined {
  if (text === "") return undefined;
  const opened = unwrap?.(text);
  if (opened !== undefined) return opened;
  if (!text.startsWith(envelopeMark)) return { origin: "anthropic-messages", value: text };
  notes.warnings.push({ kind: "continuity-lost", subject: path, note: "its envelope does not open" });
  return undefined;
}

type Reasoning = Extract<Part, { kind: "reasoning" }>;

/**
 * Puts seals back on the parts they were on. Gemini's stand as thinking without text before the tool call, or after the
 * text, that they seal; OpenAI's as redacted thinking after the summary that they belong to.
 */
export function placeSeals(parts: readonly Part[]): readonly Part[] {
  const placed: Part[] = [];
  let waiting: Reasoning | undefined;
  for (const part of parts) {
    if (waiting !== undefined) {
      const seal = waiting.seal;
      const isCall = part.kind === "tool-call" && part.seal === undefined && seal !== undefined;
      if (!isCall) placed.push(...onText(placed, waiting));
      waiting = undefined;
      if (isCall) {
        placed.push({ ...part, seal });
        continue;
      }
    }
    const last = placed.at(-1);
    if (isBare(part, "gemini-generate")) waiting = part;
    else if (isBare(part, "openai-responses") && isUnsealed(last)) {
      placed.splice(-1, 1, { ...last, isSummary: true, seal: part.seal });
    } else placed.push(part);
  }
  if (waiting !== undefined) placed.push(...onText(placed, waiting));
  return placed;
}

/** Gives the seal to the text that goes before it; what then still has to be placed. */
function onText(placed: Part[], waiting: Reasoning): readonly Part[] {
  const last = placed.at(-1);
  if (last?.kind !== "text" || last.seal !== undefined || waiting.seal === undefined) return [waiting];
  placed.splice(-1, 1, { ...last, seal: waiting.seal });
  return [];
}

function isBare(part: Part, origin: Seal["origin"]): part is Reasoning & { readonly seal: Seal } {
  return part.kind === "reasoning" && part.text === "" && part.seal?.origin === origin;
}

function isUnsealed(part: Part | undefined): part is Reasoning {
  return part?.kind === "reasoning" && part.seal === undefined && part.text !== "";
}
