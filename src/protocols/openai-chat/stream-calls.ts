import type { Part } from "../../exchange/part.ts";
import { inputIn } from "./custom-calls.ts";
import { extraFor } from "./encode.ts";
import { toolCallIdFor } from "./ids.ts";
import type { ChatCallDelta } from "./wire.ts";

/** Writes the tool calls of one stream: first what a call is, then its arguments, to the call they belong to. */
export interface CallWriter {
  readonly start: (part: number, call: StartedCall) => string;
  readonly add: (part: number, argumentsText: string) => string;
  readonly end: (part: number) => string;
  readonly count: () => number;
}

type StartedCall = Omit<Extract<Part, { kind: "tool-call" }>, "kind" | "argumentsText">;

interface OpenCall {
  readonly index: number;
  readonly isCustom: boolean;
  /** The arguments of an emulated custom tool, which can be taken apart only when they are whole. */
  held: string | undefined;
  hasArguments: boolean;
}

/** `write` makes a chunk of a call's delta; `customTools` are the tools with free input. */
export function createCallWriter(
  write: (delta: ChatCallDelta) => string,
  customTools: ReadonlySet<string>,
): CallWriter {
  const calls = new Map<number, OpenCall>();
  const say = (call: OpenCall, text: string): string => {
    call.hasArguments = true;
    const { index } = call;
    return call.isCustom
      ? write({ index, custom: { input: text } })
      : write({ index, function: { arguments: text } });
  };
  return {
    start(part, { id, name, isCustom, seal }) {
      const index = calls.size;
      const isEmulated = isCustom !== true && customTools.has(name);
      const isFree = isCustom === true || isEmulated;
      calls.set(part, {
        index,
        isCustom: isFree,
        held: isEmulated ? "" : undefined,
        hasArguments: false,
      });
      const head = { index, id: toolCallIdFor(id) };
      return isFree
        ? write({ ...head, type: "custom", custom: { name, input: "" }, ...extraFor(seal) })
        : write({ ...head, type: "function", function: { name, arguments: "" }, ...extraFor(seal) });
    },
    add(part, argumentsText) {
      const call = calls.get(part);
      if (call === undefined || argumentsText === "") return "";
      if (call.held === undefined) return say(call, argumentsText);
      call.held += argumentsText;
      return "";
    },
    end(part) {
      const call = calls.get(part);
      if (call === undefined) return "";
      if (call.held !== undefined) {
        const input = inputIn(call.held);
        call.held = undefined;
        return input === "" ? "" : say(call, input);
      }
      return call.hasArguments || call.isCustom ? "" : say(call, "{}");
    },
    count: () => calls.size,
  };
}
