import type { DecodeContext } from "../../exchange/codec.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { isMinted } from "./answer-ids.ts";
import type { Conversation } from "./conversation.ts";
import { readMark } from "./envelopes.ts";
import { declareRest, objectsOf, optionalString, type Place, requiredString } from "./fields.ts";

type Reasoning = Extract<Part, { kind: "reasoning" }>;

const known: ReadonlySet<string> = new Set([
  "type",
  "id",
  "summary",
  "content",
  "encrypted_content",
  "status",
]);

/**
 * Reads a reasoning item. State that `unwrap` opens is another provider's: it goes back to the part it was on. All
 * other state is the dialect's own and is told by its id, its encrypted content, or both: every piece of the item
 * carries it.
 */
export function readReasoning(
  item: Place,
  { unwrap }: Pick<DecodeContext, "unwrap">,
  conversation: Conversation,
): void {
  declareRest(item, known);
  const pieces = piecesOf(item);
  const encrypted = optionalString(item, "encrypted_content") ?? "";
  const foreign = encrypted === "" ? undefined : unwrap?.(encrypted);
  if (foreign === undefined) {
    const seal = ownSeal(item, encrypted);
    const parts = pieces.map((piece, index): Part => {
      // Pieces are known to be of one item by its id; without one, only the last can carry the state.
      const isSealed = seal?.itemId !== undefined || index === pieces.length - 1;
      return seal === undefined || !isSealed ? piece : { ...piece, seal };
    });
    if (parts.length > 0) conversation.assistant(parts);
    else if (seal !== undefined) conversation.assistant([{ ...empty, isRedacted: encrypted !== "", seal }]);
    return;
  }
  const { seal, place } = readMark(foreign);
  if (place === "reasoning") {
    conversation.assistant([{ ...joined(pieces), seal }]);
    return;
  }
  if (pieces.length > 0) conversation.assistant(pieces);
  conversation.seal({ seal, place, path: item.path });
}

const empty = { kind: "reasoning", text: "", isRedacted: false } as const;

/** What can be read of it: the summary, then the reasoning itself. */
function piecesOf(item: Place): readonly Reasoning[] {
  const texts = (member: "summary" | "content"): readonly string[] =>
    objectsOf(item, member).flatMap((entry) => requiredString(entry, "text") ?? []);
  return [
    ...texts("summary").map((text) => ({ ...empty, text, isSummary: true })),
    ...texts("content").map((text) => ({ ...empty, text })),
  ];
}

/** State of the dialect's own: encrypted, or kept by the provider under an id that it gave. */
function ownSeal(item: Place, value: string): Seal | undefined {
  const itemId = optionalString(item, "id");
  const isTheirs = itemId !== undefined && itemId !== "" && !isMinted(itemId);
  if (value === "" && !isTheirs) return undefined;
  return { origin: "openai-responses", value, ...(isTheirs && { itemId }) };
}

/** The part that another provider sealed: without any text it was redacted. */
function joined(pieces: readonly Reasoning[]): Reasoning {
  const own = pieces.filter(({ isSummary }) => isSummary !== true);
  if (own.length > 0) return { ...empty, text: own.map(({ text }) => text).join("") };
  if (pieces.length > 0)
    return { ...empty, text: pieces.map(({ text }) => text).join("\n\n"), isSummary: true };
  return { ...empty, isRedacted: true };
}
