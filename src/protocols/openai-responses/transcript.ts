import type { DecodeContext, Transcript } from "../../exchange/codec.ts";
import { mintedMark } from "../../exchange/own-state.ts";
import { scanObject } from "../../framing/json-scan.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { spliceObject } from "../../framing/json-splice.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";

type Earlier = DecodeContext["earlier"];

/** A request with the conversation that it goes on from, as if its client had sent all of it. */
export interface Joined {
  readonly body: Uint8Array;
  /** The answer whose conversation was put before the input; absent: none. */
  readonly follows?: string;
  /** How many items were put before the client's own. */
  readonly added: number;
}

/** Puts the conversation of a kept answer in the place of `previous_response_id`. */
export function joinEarlier(body: Uint8Array, earlier: Earlier): Joined {
  const scan = scanObject(body);
  const request = scan.kind === "object" ? parseJson(decoder.decode(body)) : undefined;
  if (scan.kind !== "object" || !isJsonObject(request)) return { body, added: 0 };
  const id = request["previous_response_id"];
  const found = typeof id === "string" ? earlier?.(id) : undefined;
  if (typeof id !== "string" || found === undefined) return { body, added: 0 };
  const own = itemsOf(decoder.decode(body));
  if (own === undefined) return { body, added: 0 };
  const before = [...elementsOf(found.input), ...elementsOf(found.output)];
  const input = `[${[...before, ...own].join(",")}]`;
  const joined = spliceObject(body, scan, [
    { member: "input", value: input },
    { member: "previous_response_id", value: undefined },
  ]);
  return { body: joined, follows: id, added: before.length };
}

/** Problems of a joined request name the client's own items. */
export function ownPath(path: string, { added }: Joined): string {
  return path.replace(
    /^input\[(\d+)\]/,
    (_, index: string) => `input[${Math.max(0, Number(index) - added)}]`,
  );
}

/**
 * What is kept of an answer: `undefined` where its client said that nothing should be.
 *
 * @param told The response, or the frames that end its stream.
 */
export function transcriptOf(body: Uint8Array, told: string, earlier: Earlier): Transcript | undefined {
  const text = responseIn(told);
  const response = text === undefined ? undefined : parseJson(text);
  if (text === undefined || !isJsonObject(response)) return undefined;
  const { id, store } = response;
  const output = jsonSlice(text).member("output")?.text();
  const input = itemsOf(decoder.decode(joinEarlier(body, earlier).body));
  if (typeof id !== "string" || store === false || output === undefined || input === undefined)
    return undefined;
  return { id, input: `[${input.join(",")}]`, output, answer: text };
}

/** A kept answer as its endpoint gives it. */
export function printDeleted(id: string): string {
  return printJson({ id, object: "response", deleted: true });
}

/** A page of the items that led to a kept answer, by the query of the request. Source: OpenAI API reference, "List input items". */
export function printInputItems({ id, input }: Transcript, query: ReadonlyMap<string, string>): string {
  const items = elementsOf(input).map((text, index) => identified(text, `${id}:${index}`));
  const ordered = query.get("order") === "asc" ? items : items.toReversed();
  const after = query.get("after");
  const start = after === undefined ? 0 : ordered.findIndex((item) => item.id === after) + 1;
  const limit = Math.min(100, Math.max(1, Number.parseInt(query.get("limit") ?? "", 10) || 20));
  const page = ordered.slice(start, start + limit);
  return printJson({
    object: "list",
    data: page.map(({ json }) => new RawJson(json)),
    first_id: page.at(0)?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  });
}

const decoder = new TextDecoder("utf-8");

/** The response in a whole answer, or in the frames that end a stream. */
function responseIn(told: string): string | undefined {
  if (told.startsWith("{")) return told;
  const data = /^data: (\{"type":"response\.(?:completed|incomplete)".*)$/m.exec(told)?.[1];
  return data === undefined ? undefined : jsonSlice(data).member("response")?.text();
}

/** The items of a request's input, each as its text; a string is a message of the user. */
function itemsOf(request: string): readonly string[] | undefined {
  const input = jsonSlice(request).member("input");
  if (input === undefined || input.text() === "null") return [];
  const value = parseJson(input.text());
  if (typeof value === "string") return value === "" ? [] : [messageOf(value)];
  return Array.isArray(value) ? elements(input, value) : undefined;
}

const messageOf = (text: string): string =>
  printJson({ type: "message", role: "user", content: [{ type: "input_text", text }] });

function elementsOf(array: string): readonly string[] {
  const value = parseJson(array);
  return Array.isArray(value) ? elements(jsonSlice(array), value) : [];
}

function elements(array: JsonSlice, value: readonly Json[]): readonly string[] {
  return value.map((_, index) => array.element(index)?.text() ?? "null");
}

/** An item with the id that it has in lists; one that has none is given the hash of its place. */
function identified(text: string, place: string): { readonly id: string; readonly json: string } {
  const value = parseJson(text);
  const item: JsonObject = isJsonObject(value) ? value : {};
  if (typeof item["id"] === "string") return { id: item["id"], json: text };
  const id = `${prefixOf(item["type"])}${mintedMark}${base62(fingerprint128(place))}`;
  const members = text.trimStart().slice(1);
  return { id, json: `{"id":${JSON.stringify(id)}${Object.keys(item).length === 0 ? "" : ","}${members}` };
}

function prefixOf(type: Json | undefined): string {
  switch (type) {
    case "function_call":
    case "function_call_output":
      return "fc";
    case "custom_tool_call":
    case "custom_tool_call_output":
      return "ctc";
    case "reasoning":
      return "rs";
    default:
      return "msg";
  }
}
