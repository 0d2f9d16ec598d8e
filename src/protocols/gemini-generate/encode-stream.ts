import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart, TokenLogprob } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { printJson } from "../../kernel/json.ts";
import { type Ending, encodeFinish } from "./answer-finish.ts";
import { createGrounding } from "./answer-grounding.ts";
import { type AnswerIds, createAnswerIds } from "./answer-ids.ts";
import { createPartWriter } from "./answer-parts.ts";
import { encodeUsage, later } from "./answer-usage.ts";
import { encodeError } from "./encode-error.ts";
import { logprobsFor, lostLogprobs } from "./logprobs.ts";
import { createCallCollector } from "./stream-calls.ts";
import { createCitedStream } from "./stream-citations.ts";
import { createChunkWriter } from "./stream-form.ts";
import type { CandidateBody, PartBody } from "./wire.ts";

/**
 * Writes an answer as the chunks of this dialect: a chunk per piece of text, calls whole, and a last chunk with the
 * reason of the end and the usage told before it. After a finish or an error nothing is written any more, so that an
 * array stays one.
 *
 * @throws GatewayError `upstream_malformed_response` from `push`, when more than 8 MiB would have to wait.
 */
export function encodeStream(context: AnswerContext): StreamEncoder {
  const ids = createAnswerIds(context.requestId);
  const writer = createPartWriter(context, ids);
  const grounding = createGrounding();
  const cited = createCitedStream(grounding);
  const calls = createCallCollector();
  const form = createChunkWriter(context.streamForm ?? "sse");
  const warnings: Warning[] = [];
  let tail = tailOf(context.call.model, ids);
  let usage: Usage | undefined;
  const ranked: TokenLogprob[] = [];
  let hasRefusal = false;
  let isEnded = false;

  /** A piece of the answer. Made of text, since it is made for every piece. */
  const content = (parts: readonly PartBody[]): string =>
    parts.length === 0
      ? ""
      : form.chunk(
          `{"candidates":[{"content":{"parts":${printJson(parts)},"role":"model"},"index":0}],${tail}`,
        );
  const lastChunk = (parts: readonly PartBody[], { finishReason, ...message }: Ending): string => {
    const groundingMetadata = grounding.body();
    const candidate: CandidateBody = {
      content: { parts, role: "model" },
      finishReason,
      index: 0,
      ...message,
      ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
      ...logprobsFor(ranked),
    };
    const told = usage === undefined ? "" : `"usageMetadata":${printJson(encodeUsage(usage))},`;
    return form.chunk(`{"candidates":[${printJson(candidate)}],${told}${tail}`);
  };
  const text = (part: number, piece: string): string => {
    cited.said(part, piece);
    return content(writer.text(piece));
  };
  const finish = (told: Finish): string => {
    const open = calls.rest().map((call) => content(writer.whole(call)));
    const { ending, warnings: lost } = encodeFinish(told, { hasRefusal });
    warnings.push(...lost, ...lostLogprobs(context.call, ranked));
    const rest = writer.end();
    isEnded = true;
    // As Google does: clients that keep a stream as history throw all of it away over one chunk without parts.
    const last = lastChunk(rest.length === 0 ? [{ text: "" }] : rest, ending);
    return open.join("") + last + form.close();
  };

  const write = (part: AnswerPart): string => {
    switch (part.kind) {
      case "start":
        tail = tailOf(part.model, ids);
        return "";
      case "text-start":
      case "reasoning-start":
        return "";
      case "refusal-start":
        hasRefusal = true;
        return "";
      case "text-delta":
      case "refusal-delta":
        return text(part.part, part.text);
      case "text-end":
        cited.end(part.part);
        return content(writer.endText(part.seal));
      case "refusal-end":
        return "";
      case "reasoning-delta":
        return content(writer.thought(part.text));
      case "reasoning-end":
        return content(writer.endThought(part.seal));
      case "citation":
        cited.cite(part.part, part.citation);
        return "";
      // Told at the end: a chunk without parts of its own would cost clients their history.
      case "logprobs":
        ranked.push(...part.tokens);
        return "";
      case "tool-input-start":
        calls.start(part);
        return "";
      case "tool-input-delta":
        calls.add(part.part, part.argumentsText);
        return "";
      case "tool-input-end": {
        const call = calls.end(part.part);
        return call === undefined ? "" : content(writer.whole(call));
      }
      case "whole":
        if (part.value.kind === "text") {
          cited.said(part.part, part.value.text);
          ranked.push(...(part.value.logprobs ?? []));
        }
        return content(writer.whole(part.value));
      case "usage":
        usage = later(usage, part.usage);
        return "";
      case "finish":
        return finish(part.finish);
    }
  };

  return {
    push: (part) => (isEnded ? "" : form.open() + write(part)),
    fail(error) {
      if (isEnded) return "";
      isEnded = true;
      return form.chunk(encodeError(error, context.requestId)) + form.close();
    },
    warnings: () => [...writer.warnings(), ...cited.warnings(), ...grounding.warnings(), ...warnings],
  };
}

/** The members that end every chunk. */
function tailOf(model: string, { response }: AnswerIds): string {
  return `"modelVersion":${JSON.stringify(model)},"responseId":"${response}"}`;
}
