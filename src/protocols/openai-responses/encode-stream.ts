import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { endingFor } from "./answer-finish.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { encodeUsage, laterUsage } from "./answer-usage.ts";
import { errorEvent, responseError, writeStreamEvent } from "./encode-error.ts";
import { createOutput } from "./output.ts";
import { createResponseBody, lostFor, type ResponseState } from "./response-body.ts";
import { createTurnstile } from "./stream-turnstile.ts";
import type { StreamEvent } from "./wire.ts";

/**
 * Writes an answer as the events of this dialect: `created`, `in_progress`, the items one after the other, and the
 * terminal event with all of them and the last usage told before `finish`. Numbers have no gaps.
 *
 * @throws GatewayError `upstream_malformed_response` from `push`, when more than 1 MiB has to wait.
 */
export function encodeStream(context: AnswerContext): StreamEncoder {
  const { call, requestId, startedAt, wrap } = context;
  const warnings: Warning[] = [];
  const bodyOf = createResponseBody(context);
  let text = "";
  let sequence = 0;
  let state: "new" | "started" | "ended" = "new";
  let told: { readonly model: string; readonly createdAt: EpochMs } = { model: "", createdAt: startedAt };
  let usage: Usage | undefined;

  const emit = (event: StreamEvent): void => {
    text += writeStreamEvent(event, sequence);
    sequence += 1;
  };
  const output = createOutput({
    emit,
    ids: createAnswerIds(requestId),
    call,
    ...(wrap !== undefined && { wrap }),
    warnings,
  });
  const turnstile = createTurnstile(output.write);
  const stateOf = (status: ResponseState["status"], ended: Partial<ResponseState> = {}): ResponseState => ({
    ...told,
    status,
    error: null,
    incomplete_details: null,
    output: output.items(),
    usage: null,
    ...ended,
  });

  const start = (wanted: typeof told = told): void => {
    if (state !== "new") return;
    state = "started";
    told = wanted;
    const response = bodyOf(stateOf("in_progress"));
    emit({ type: "response.created", response });
    emit({ type: "response.in_progress", response });
  };
  const finish = (reason: Finish): void => {
    turnstile.release();
    if (reason.reason === "refusal") output.refuse();
    const { status, details, warnings: lost } = endingFor(reason);
    output.close(status);
    state = "ended";
    const encoded = encodeUsage(usage, output.items());
    warnings.push(...lost, ...encoded.warnings, ...lostFor(call, output.isRanked()));
    const response = bodyOf(
      stateOf(status, { incomplete_details: details, usage: encoded.usage, tier: usage?.tier }),
    );
    emit({ type: `response.${status}`, response });
  };
  const write = (part: AnswerPart): void => {
    switch (part.kind) {
      case "start":
        if (isOwnAnswer(part.answerId)) output.holdThoughts();
        start({ model: part.model, createdAt: part.createdAt ?? startedAt });
        return;
      case "usage":
        usage = laterUsage(usage, part.usage);
        return;
      case "finish":
        start();
        finish(part.finish);
        return;
      default:
        start();
        turnstile.push(part);
    }
  };
  const flush = (): string => {
    const written = text;
    text = "";
    return written;
  };
  return {
    warnings: () => warnings,
    push(part) {
      if (state === "ended") return "";
      write(part);
      return flush();
    },
    fail(error) {
      state = "ended";
      emit(errorEvent(error));
      emit({
        type: "response.failed",
        response: bodyOf(stateOf("failed", { error: responseError(error), tier: usage?.tier })),
      });
      return flush();
    },
  };
}

/** Whether a server of this dialect gave the answer: it knows its thoughts by ids, which come with their ends. */
function isOwnAnswer(answerId: string): boolean {
  return answerId.startsWith("resp_");
}
