import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { encodeFinish } from "./answer-finish.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { encodeUsage, isTold } from "./answer-usage.ts";
import { untold } from "./encode.ts";
import { encodeStreamError } from "./encode-error.ts";
import { writeStreamEvent } from "./stream-blocks.ts";
import { createCustomCalls } from "./stream-custom.ts";
import { createPartWriter } from "./stream-parts.ts";
import { createTurnstile } from "./stream-turnstile.ts";

/**
 * Writes an answer as the events of this dialect. Blocks follow each other: text and reasoning that are interrupted
 * go on in a new block, a tool call keeps its block until it ends and whatever comes meanwhile waits. A block begins
 * with its first real content, so that none is empty. The last usage told before `finish` goes out with it.
 *
 * @throws GatewayError `upstream_malformed_response` from `push`, when more than 1 MiB has to wait.
 */
export function encodeStream({ requestId, call, wrap }: AnswerContext): StreamEncoder {
  const ids = createAnswerIds(requestId);
  const warnings: Warning[] = [];
  const parts = createPartWriter({
    ids,
    sealing: { wrap, isOmitted: call.reasoning?.show === "omitted" },
    warn: (...lost) => warnings.push(...lost),
  });
  const turnstile = createTurnstile(parts.write);
  const custom = createCustomCalls((...lost) => warnings.push(...lost));
  let state: "new" | "started" | "ended" = "new";
  let usage: Usage | undefined;

  const start = (model: string): string => {
    if (state !== "new") return "";
    state = "started";
    const content: readonly never[] = [];
    const message = {
      id: ids.message,
      type: "message",
      role: "assistant",
      model,
      content,
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(usage),
    } as const;
    return writeStreamEvent({ type: "message_start", message });
  };
  const finish = (told: Finish): string => {
    state = "ended";
    const { stop, warnings: lost } = encodeFinish(told, parts.held());
    warnings.push(...lost);
    if (!isTold(usage)) warnings.push(untold);
    return (
      writeStreamEvent({ type: "message_delta", delta: stop, usage: encodeUsage(usage) }) +
      writeStreamEvent({ type: "message_stop" })
    );
  };

  return {
    warnings: () => warnings,
    fail(error) {
      state = "ended";
      return encodeStreamError(error, { requestId });
    },
    push(part: AnswerPart): string {
      if (state === "ended") return "";
      switch (part.kind) {
        case "start":
          return start(part.model);
        case "usage":
          usage = part.usage;
          return "";
        case "finish": {
          const rest = custom.endAll().map(turnstile.push).join("") + turnstile.release();
          return start("") + rest + parts.close() + finish(part.finish);
        }
        default:
          return start("") + custom.asFunctions(part).map(turnstile.push).join("");
      }
    },
  };
}
