import type { Frame } from "../../exchange/codec.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { advanceItem, closeItem, type OpenItem, openItem, sameOutput, typeOf } from "./grammar-items.ts";

/**
 * Where a stream stands, or what was wrong with it.
 *
 *     created in_progress queued? item* (completed | incomplete | failed) ; any -(error)-> failed? end
 *     an item is announced, has its contents, and is done before the next one
 *
 * A server may wait in `queued` before it is in progress. `keepalive` changes nothing but the number.
 */
export type GrammarState =
  | { readonly kind: "initial" }
  | (Running & { readonly kind: "created" | "running" })
  /** After an `error`; `response.failed` may follow. */
  | { readonly kind: "failing"; readonly next: number }
  | { readonly kind: "ended" }
  | { readonly kind: "failed" }
  | { readonly kind: "violation"; readonly reason: string };

interface Running {
  /** The number that the next event must have. */
  readonly next: number;
  readonly responseId: Json | undefined;
  readonly item: OpenItem | undefined;
  /** The items that are done. */
  readonly output: readonly JsonObject[];
}

export const startGrammar: GrammarState = { kind: "initial" };

/** The state after `frame`; a violation stays one. Comment frames change nothing. */
export function advance(state: GrammarState, frame: Pick<Frame, "kind" | "event" | "data">): GrammarState {
  if (frame.kind === "comment" || state.kind === "violation") return state;
  if (frame.data === "[DONE]") return violation("[DONE], which only Chat has");
  const event = parseJson(frame.data);
  if (!isJsonObject(event)) return violation(`${frame.event}: data is no JSON object`);
  const type = typeOf(event);
  if (type === "" || type !== frame.event) return violation(`event ${frame.event} has data of type ${type}`);
  if (state.kind === "ended" || state.kind === "failed") return violation(`${type} after the end`);
  const due = state.kind === "initial" ? 0 : state.next;
  if (event["sequence_number"] !== due)
    return violation(`number ${printJson(event["sequence_number"] ?? null)} where ${due} is due`);
  if (type === "error")
    return isError(event) ? { kind: "failing", next: due + 1 } : violation("error without a message");
  switch (state.kind) {
    case "initial":
      return begin(type, event);
    case "failing":
      return type === "response.failed" && hasFailed(event)
        ? { kind: "failed" }
        : violation(`${type} after an error`);
    case "created":
    case "running":
      return go({ ...state, next: due + 1 }, type, event);
  }
}

function begin(type: string, event: JsonObject): GrammarState {
  const { response } = event;
  if (type !== "response.created") return violation(`${type} before response.created`);
  if (!isJsonObject(response) || typeof response["id"] !== "string")
    return violation("response.created without a response");
  return { kind: "created", next: 1, responseId: response["id"], item: undefined, output: [] };
}

function go(
  state: Running & { readonly kind: "created" | "running" },
  type: string,
  event: JsonObject,
): GrammarState {
  switch (type) {
    case "keepalive":
      return state;
    case "response.queued":
    case "response.in_progress":
      if (state.item !== undefined || state.output.length > 0) return violation(`${type} after an item`);
      if (!isSameResponse(state, event)) return violation("the id of the response changed");
      return type === "response.queued" ? state : { ...state, kind: "running" };
    case "response.failed":
      return isSameResponse(state, event) && hasFailed(event)
        ? { kind: "failed" }
        : violation("response.failed without a failed response");
    case "response.completed":
    case "response.incomplete":
      return end(state, type, event);
    case "response.output_item.added":
      return announce(state, event);
    default:
      return within(state, type, event);
  }
}

function end(state: Running & { readonly kind: string }, type: string, event: JsonObject): GrammarState {
  const { response } = event;
  if (state.kind !== "running") return violation(`${type} before response.in_progress`);
  if (state.item !== undefined) return violation(`${type} inside an item`);
  if (!isSameResponse(state, event) || !isJsonObject(response))
    return violation("the id of the response changed");
  const { status } = response;
  if (typeof status !== "string" || type !== `response.${status}`)
    return violation(`${type} of another status`);
  return sameOutput(response["output"], state.output)
    ? { kind: "ended" }
    : violation("the final output is not what was done");
}

function announce(
  state: Running & { readonly kind: "created" | "running" },
  event: JsonObject,
): GrammarState {
  if (state.kind !== "running") return violation("an item before response.in_progress");
  if (state.item !== undefined) return violation("an item begins inside another");
  if (event["output_index"] !== state.output.length) return violation("output_index out of order");
  const item = openItem(event["item"]);
  if (typeof item === "string") return violation(item);
  const isTaken = item.id !== undefined && state.output.some(({ id }) => id === item.id);
  return isTaken ? violation("two items with one id") : { ...state, item };
}

function within(
  state: Running & { readonly kind: "created" | "running" },
  type: string,
  event: JsonObject,
): GrammarState {
  const { item, output } = state;
  if (item === undefined) return violation(`${type} outside of an item`);
  if (event["output_index"] !== output.length) return violation("output_index out of order");
  if (type === "response.output_item.done") {
    const done = closeItem(item, event["item"]);
    return typeof done === "string"
      ? violation(done)
      : { ...state, item: undefined, output: [...output, done] };
  }
  if (event["item_id"] !== undefined && event["item_id"] !== item.id)
    return violation("the id of an item changed");
  const next = advanceItem(item, event);
  return typeof next === "string" ? violation(next) : { ...state, item: next };
}

function isSameResponse({ responseId }: Running, { response }: JsonObject): boolean {
  return isJsonObject(response) && response["id"] === responseId;
}

function hasFailed({ response }: JsonObject): boolean {
  return isJsonObject(response) && response["status"] === "failed" && isJsonObject(response["error"]);
}

/** The members of an error stand in it or nested. */
function isError(event: JsonObject): boolean {
  const error = isJsonObject(event["error"]) ? event["error"] : event;
  return typeof error["message"] === "string";
}

function violation(reason: string): GrammarState {
  return { kind: "violation", reason };
}
