import type { Part } from "../../exchange/part.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import type { CallWriter } from "./item-call.ts";
import type { ItemList } from "./item-list.ts";
import type { OutputParts } from "./output-parts.ts";

/** Writes calls of tools, one at a time. */
export interface CallBlocks {
  readonly start: (
    call: Omit<Extract<Part, { kind: "tool-call" }>, "kind" | "argumentsText" | "cache">,
  ) => void;
  readonly add: (argumentsText: string) => void;
  readonly end: () => void;
}

/**
 * A custom tool that an upstream knows only as a function with one string, `input`, comes back as the custom tool that
 * the client declared. A function that was called without arguments has `{}`.
 */
export function createCallBlocks(
  { call, ids }: Pick<OutputParts, "call" | "ids">,
  list: ItemList,
): CallBlocks {
  const customTools = new Set(call.tools.flatMap((tool) => (tool.kind === "custom" ? [tool.name] : [])));
  let writer: CallWriter | undefined;
  let form: "function" | "custom" | "emulated" = "function";
  let argumentsText = "";
  return {
    start({ id, name, isCustom, seal }) {
      if (seal !== undefined) list.envelope(seal, "tool-call");
      form = isCustom === true ? "custom" : customTools.has(name) ? "emulated" : "function";
      argumentsText = "";
      writer = list.call({ callId: ids.call(id), name, isCustom: form !== "function" });
    },
    add(text) {
      argumentsText += text;
      if (text !== "" && form !== "emulated") writer?.add(text);
    },
    end() {
      if (form === "emulated") {
        const input = inputOf(argumentsText);
        if (input !== "") writer?.add(input);
      } else if (form === "function" && argumentsText === "") writer?.add("{}");
      writer?.end();
      writer = undefined;
    },
  };
}

/** The free text inside `{"input": "…"}`; anything else as it is. */
function inputOf(argumentsText: string): string {
  const value = parseJson(argumentsText);
  if (!isJsonObject(value)) return argumentsText;
  const { input } = value;
  return typeof input === "string" && Object.keys(value).length === 1 ? input : argumentsText;
}
