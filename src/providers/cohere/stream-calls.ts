import type { StreamPart } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import { stringIn } from "./response.ts";

/** Reads the events of tool calls. */
export interface CallReader {
  /** `raw` is the text of the event's `tool_calls`, which is one call. */
  readonly read: (event: JsonObject, raw: JsonSlice | undefined) => readonly StreamPart[];
  readonly closeAll: () => readonly StreamPart[];
  readonly hasCalls: () => boolean;
}

interface OpenCall {
  readonly part: number;
  /** Arguments that may still turn out to be the text null, which means that there are none. */
  held: string;
  isHeld: boolean;
}

const nothing = "null";

/** Calls are told apart by their index; a start always begins a new one. `nextPart` numbers the parts. */
export function createCallReader(nextPart: () => number): CallReader {
  const open = new Map<number, OpenCall>();
  let count = 0;

  const close = (call: OpenCall): readonly StreamPart[] => {
    const rest = call.isHeld && call.held !== nothing ? call.held : "";
    return [...argumentsOf(call.part, rest), { kind: "tool-input-end", part: call.part }];
  };
  const end = (index: number): readonly StreamPart[] => {
    const call = open.get(index);
    open.delete(index);
    return call === undefined ? [] : close(call);
  };
  const proceed = (index: number, text: string): readonly StreamPart[] => {
    const call = open.get(index);
    if (call === undefined) return [];
    if (!call.isHeld) return argumentsOf(call.part, text);
    call.held += text;
    call.isHeld = nothing.startsWith(call.held);
    return call.isHeld ? [] : argumentsOf(call.part, call.held);
  };
  const start = (index: number, called: JsonObject, id: string): readonly StreamPart[] => {
    const before = end(index);
    const part = nextPart();
    count += 1;
    open.set(index, { part, held: "", isHeld: true });
    return [...before, { kind: "tool-input-start", part, id, name: stringIn(called, "name") }];
  };

  return {
    read(event, raw) {
      const index = typeof event["index"] === "number" ? event["index"] : 0;
      const { call, called } = callIn(event);
      const given = called["arguments"];
      const text = isJsonObject(given) ? raw?.member("function")?.member("arguments")?.text() : given;
      const argumentsText = typeof text === "string" ? text : "";
      switch (event["type"]) {
        case "tool-call-start":
          return [...start(index, called, stringIn(call, "id")), ...proceed(index, argumentsText)];
        case "tool-call-delta":
          return proceed(index, argumentsText);
        default:
          return end(index);
      }
    },
    closeAll: () => [...open.keys()].flatMap(end),
    hasCalls: () => count > 0,
  };
}

function callIn({ delta }: JsonObject): { readonly call: JsonObject; readonly called: JsonObject } {
  const message = isJsonObject(delta) ? delta["message"] : undefined;
  const told = isJsonObject(message) ? message["tool_calls"] : undefined;
  const call = isJsonObject(told) ? told : {};
  return { call, called: isJsonObject(call["function"]) ? call["function"] : {} };
}

function argumentsOf(part: number, argumentsText: string): readonly StreamPart[] {
  return argumentsText === "" ? [] : [{ kind: "tool-input-delta", part, argumentsText }];
}
