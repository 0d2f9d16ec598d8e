import type { Citation, Part, Seal } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { hashedCallId } from "./call-id.ts";
import { citationOf } from "./citations.ts";
import { logprobsIn } from "./logprobs.ts";

/** An item of an answer's `output`, and where its text stands. */
export interface OutputItem {
  readonly item: JsonObject;
  readonly raw: () => JsonSlice | undefined;
}

/** What kind of item this is to the canonical form. */
export type ItemKind = "message" | "reasoning" | "function-call" | "custom-call" | "opaque";

/**
 * Calls that only a client of this dialect can answer, because they name a namespace or come out of a program, stay
 * whole: as plain calls they would lose that.
 */
export function kindOf(item: JsonObject): ItemKind {
  const { type, namespace, caller } = item;
  switch (type) {
    case "message":
    case "reasoning":
      return type;
    case "function_call":
    case "custom_tool_call": {
      const isBound = typeof namespace === "string" && namespace !== "";
      if (isBound || (isJsonObject(caller) && caller["type"] === "program")) return "opaque";
      return type === "function_call" ? "function-call" : "custom-call";
    }
    default:
      return "opaque";
  }
}

/** The ids by which OpenAI knows a response, and the encrypted state in it, again. */
export function stateIdsOf({ id, output }: JsonObject): readonly string[] {
  const items = listIn(output).filter(isJsonObject);
  const sealed = items.filter(({ encrypted_content: state }) => typeof state === "string");
  return [id, ...sealed.map((item) => item["id"])].filter((found) => typeof found === "string");
}

/** The parts of an item, in order. A call without an id gets one made of `answerId` and `place`. */
export function partsOfItem(
  { item, raw }: OutputItem,
  { answerId, place }: { readonly answerId: string; readonly place: number },
): readonly Part[] {
  switch (kindOf(item)) {
    case "message":
      return messageParts(item, raw);
    case "reasoning":
      return reasoningParts(item);
    case "function-call":
    case "custom-call":
      return [callPart(item, `${answerId}:${place}`)];
    case "opaque":
      return [opaquePart(item, raw)];
  }
}

function messageParts(item: JsonObject, raw: OutputItem["raw"]): readonly Part[] {
  return listIn(item["content"]).flatMap((content, index): readonly Part[] => {
    switch (content["type"]) {
      case "output_text": {
        const text = textIn(content["text"]);
        const citations = citationsOf(content, text);
        if (text === "" && citations.length === 0) return [];
        const logprobs = logprobsIn(content["logprobs"]);
        return [
          {
            kind: "text",
            text,
            ...(citations.length > 0 && { citations }),
            ...(logprobs.length > 0 && { logprobs }),
          },
        ];
      }
      case "refusal":
        return content["refusal"] === "" ? [] : [{ kind: "refusal", text: textIn(content["refusal"]) }];
      default:
        return [opaquePart(content, () => raw()?.member("content")?.element(index))];
    }
  });
}

/** The summary of a thought, then the thought itself where it is shown; the seal is on the last of them. */
function reasoningParts(item: JsonObject): readonly Part[] {
  const { summary, content } = textsOfReasoning(item);
  const seal = sealOf(item);
  const sealed = seal === undefined ? {} : { seal };
  const onSummary = content === "" ? sealed : {};
  const said: readonly Part[] = [
    ...(summary === ""
      ? []
      : [{ kind: "reasoning" as const, text: summary, isSummary: true, isRedacted: false, ...onSummary }]),
    ...(content === "" ? [] : [{ kind: "reasoning" as const, text: content, isRedacted: false, ...sealed }]),
  ];
  return said.length > 0 || seal === undefined ? said : [wordlessThought(seal)];
}

/** A thought that is told by its state only: encrypted it can be read by nobody else. */
export function wordlessThought(seal: Seal): Part {
  return { kind: "reasoning", text: "", isRedacted: seal.value !== "", seal };
}

/** What stands between two summaries of one thought. */
export const summaryGap = "\n\n";

/** The texts of a reasoning item, each list as one. */
export function textsOfReasoning(item: JsonObject): { readonly summary: string; readonly content: string } {
  const joined = (list: Json | undefined): string =>
    listIn(list)
      .map(({ text }) => textIn(text))
      .join(summaryGap);
  return { summary: joined(item["summary"]), content: joined(item["content"]) };
}

/** The state of a reasoning item: its encryption, `""` where only the id is told. */
export function sealOf(item: JsonObject): Seal | undefined {
  const value = textIn(item["encrypted_content"]);
  const itemId = textIn(item["id"]);
  if (value === "" && itemId === "") return undefined;
  return { origin: "openai-responses", value, ...(itemId !== "" && { itemId }) };
}

function callPart(item: JsonObject, fallbackId: string): Part {
  const isCustom = item["type"] === "custom_tool_call";
  return {
    kind: "tool-call",
    id: callIdOf(item, fallbackId),
    name: textIn(item["name"]),
    argumentsText: argumentsOf(item),
    ...(isCustom && { isCustom }),
  };
}

/** The id that a result has to name; `fallback` is what one is made of where the server told none. */
export function callIdOf(item: JsonObject, fallback: string): string {
  return textIn(item["call_id"]) || textIn(item["id"]) || hashedCallId(fallback);
}

/** The arguments of a call, or the input of a custom one. */
export function argumentsOf(item: JsonObject): string {
  return textIn(item["type"] === "custom_tool_call" ? item["input"] : item["arguments"]);
}

export function citationsOf(content: JsonObject, text: string): readonly Citation[] {
  return listIn(content["annotations"]).map((annotation) => citationOf(annotation, text));
}

/** A part whose type has no canonical form, as its text. */
export function opaquePart(object: JsonObject, raw: OutputItem["raw"]): Part {
  const text = raw()?.text() ?? JSON.stringify(object);
  return { kind: "opaque", type: textIn(object["type"]), origin: "openai-responses", raw: new RawJson(text) };
}

export function listIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
