import type { UpstreamDialect } from "../../exchange/dialect.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { isJsonObject, type Printable, parseJson, RawJson } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";
import type { QuirkProfile } from "./quirks.ts";

/** What decides whether a seal opens where it is sent. */
interface Destination {
  readonly model: string;
  readonly quirks: QuirkProfile;
  readonly ledger: Ledger;
}

const geminiFormat = "google-gemini-v1";

/** How `reasoning_details` names the vendor whose state it carries. Source: OpenRouter's SDK, `ReasoningFormat`. */
const vendorFormats: ReadonlyMap<UpstreamDialect, string> = new Map([
  ["anthropic-messages", "anthropic-claude-v1"],
  ["openai-responses", "openai-responses-v1"],
  ["gemini-generate", geminiFormat],
]);

/**
 * The entries of `reasoning_details` that give sealed reasoning back to a router: its own as they came, a vendor's only
 * to that vendor's models. Nothing for any other server.
 *
 * Source: OpenRouter, "Reasoning tokens", preserving reasoning blocks.
 */
export function detailsOf(
  part: Extract<Part, { kind: "reasoning" }>,
  { model, quirks }: Destination,
): readonly Printable[] {
  const { seal, text, isRedacted } = part;
  if (seal === undefined || quirks.seals !== "reasoning-details") return [];
  if (seal.origin === "openai-chat") return ownDetails(seal.value, part);
  const format = vendorFormats.get(seal.origin);
  if (format === undefined || seal.origin !== vendorOf(model)) return [];
  const id = seal.itemId === undefined ? {} : { id: seal.itemId };
  if (!isRedacted && part.isSummary !== true && seal.origin !== "openai-responses")
    return [{ type: "reasoning.text", text, signature: seal.value, ...id, format }];
  const encrypted = { type: "reasoning.encrypted", data: seal.value, ...id, format };
  return text === "" ? [encrypted] : [{ type: "reasoning.summary", summary: text, format }, encrypted];
}

/** An entry that this server gave, with the text that stood apart from it. */
function ownDetails(
  value: string,
  { text, isSummary }: Extract<Part, { kind: "reasoning" }>,
): readonly Printable[] {
  const detail = parseJson(value);
  if (!isJsonObject(detail)) return [];
  if (detail["type"] === "reasoning.text") return [{ ...detail, text }];
  const entry = new RawJson(value);
  if (text === "") return [entry];
  const { format = "unknown" } = detail;
  return isSummary === true
    ? [{ type: "reasoning.summary", summary: text, format }, entry]
    : [{ type: "reasoning.text", text, format }, entry];
}

/** Gemini's seal of a text, or of the tool call `id`, for a router that keeps it in `reasoning_details`. */
export function geminiDetail(
  seal: Seal | undefined,
  id: string | undefined,
  destination: Destination,
): readonly Printable[] {
  if (seal === undefined || !keepsGeminiDetail(seal, destination)) return [];
  const of = id === undefined ? {} : { id };
  return [{ type: "reasoning.encrypted", data: seal.value, ...of, format: geminiFormat }];
}

/** Gemini's seal, for Google's own Chat endpoint; declared where it goes nowhere. */
export function signatureFor(seal: Seal | undefined, destination: Destination): string | undefined {
  if (seal === undefined) return undefined;
  if (destination.quirks.seals === "extra-content" && seal.origin === "gemini-generate") return seal.value;
  if (!keepsGeminiDetail(seal, destination))
    destination.ledger.note({ kind: "dropped", subject: "thought_signature" });
  return undefined;
}

function keepsGeminiDetail({ origin }: Seal, { model, quirks }: Destination): boolean {
  return quirks.seals === "reasoning-details" && origin === "gemini-generate" && vendorOf(model) === origin;
}

/** Whose models a router means by the beginning of their names. */
function vendorOf(model: string): UpstreamDialect | undefined {
  if (model.startsWith("anthropic/")) return "anthropic-messages";
  if (model.startsWith("google/")) return "gemini-generate";
  return model.startsWith("openai/") ? "openai-responses" : undefined;
}
