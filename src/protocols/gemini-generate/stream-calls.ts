import type { Part, StreamPart } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";

type ToolCall = Extract<Part, { kind: "tool-call" }>;
type CallStart = Extract<StreamPart, { kind: "tool-input-start" }>;

/** Collects the calls of a stream, which this dialect tells whole. */
export interface CallCollector {
  readonly start: (call: CallStart) => void;
  readonly add: (part: number, argumentsText: string) => void;
  /** The call that has ended; `undefined` when there was none of this number. */
  readonly end: (part: number) => ToolCall | undefined;
  /** The calls that never ended, in the order of their start. */
  readonly rest: () => readonly ToolCall[];
}

/** Most characters of arguments that wait for their calls to end. */
const waitingMax = 8 * 1024 * 1024;

/** @throws GatewayError `upstream_malformed_response` from `add`, when more than 8 MiB would have to wait. */
export function createCallCollector(): CallCollector {
  const open = new Map<number, { readonly start: CallStart; argumentsText: string }>();
  let waiting = 0;
  const end = (part: number): ToolCall | undefined => {
    const found = open.get(part);
    if (found === undefined) return undefined;
    open.delete(part);
    waiting -= found.argumentsText.length;
    const { id, name, isCustom, seal } = found.start;
    return {
      kind: "tool-call",
      id,
      name,
      argumentsText: found.argumentsText,
      ...(isCustom === undefined ? {} : { isCustom }),
      ...(seal === undefined ? {} : { seal }),
    };
  };
  return {
    start: (call) => void open.set(call.part, { start: call, argumentsText: "" }),
    add(part, argumentsText) {
      const found = open.get(part);
      if (found === undefined) return;
      waiting += argumentsText.length;
      if (waiting > waitingMax)
        throw new GatewayError(
          "upstream_malformed_response",
          "more than 8 MiB of arguments wait for their end",
        );
      found.argumentsText += argumentsText;
    },
    end,
    rest: () => [...open.keys()].flatMap((part) => end(part) ?? []),
  };
}
