import type { Part, Seal } from "../../exchange/part.ts";
import { isJsonObject, type JsonObject, printJson } from "../../kernel/json.ts";
import { textIn } from "./delta.ts";

/** What one entry of `reasoning_details` tells. */
export interface Detail {
  readonly text: string;
  readonly isSummary: boolean;
  readonly seal: Seal | undefined;
}

/**
 * The entries of `reasoning_details`: text, summaries, sealed state. A seal is the entry itself, without its words, so
 * that it goes back to this server as it came, whatever vendor stands behind it.
 *
 * Source: OpenRouter, "Reasoning tokens", `reasoning_details`.
 */
export function readDetails(message: JsonObject): readonly Detail[] {
  const listed = message["reasoning_details"];
  if (!Array.isArray(listed)) return [];
  return listed.filter(isJsonObject).map((detail) => {
    const { text, summary, ...rest } = detail;
    const isSealed =
      (detail["type"] === "reasoning.encrypted" && textIn(detail["data"]) !== "") ||
      (detail["type"] === "reasoning.text" && textIn(detail["signature"]) !== "");
    return {
      text: textIn(text) || textIn(summary),
      isSummary: detail["type"] === "reasoning.summary",
      seal: isSealed ? { origin: "openai-chat", value: printJson(rest) } : undefined,
    };
  });
}

type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** The reasoning of a whole message: its entries put together up to each seal, or `text` where there are none. */
export function reasoningParts(details: readonly Detail[], text: string): readonly Reasoning[] {
  const drafts: { text: string; isSummary: boolean; seal: Seal | undefined }[] = [];
  for (const detail of details) {
    const last = drafts.at(-1);
    const goesOn =
      last !== undefined &&
      last.seal === undefined &&
      (detail.text === "" || last.text === "" || last.isSummary === detail.isSummary);
    if (!goesOn) {
      drafts.push({ ...detail });
      continue;
    }
    last.isSummary ||= detail.isSummary;
    last.text += detail.text;
    last.seal = detail.seal;
  }
  if (drafts.every((draft) => draft.text === "") && text !== "") {
    const [first] = drafts;
    if (first === undefined) drafts.push({ text, isSummary: false, seal: undefined });
    else first.text = text;
  }
  return drafts
    .filter((draft) => draft.text !== "" || draft.seal !== undefined)
    .map(({ text: words, isSummary, seal }) => ({
      kind: "reasoning",
      text: words,
      ...(isSummary && { isSummary }),
      ...(seal !== undefined && { seal }),
      isRedacted: words === "",
    }));
}
