import type { JsonObject } from "../../src/kernel/json.ts";
import type { Choice } from "../ask.ts";
import { asWritten, type Frame, type Streamed, type Writing } from "../dialect.ts";
import { callPieces } from "./call-pieces.ts";
import {
  blocked,
  callParts,
  endOf,
  logprobsOf,
  responseIdOf,
  showsThoughts,
  signatureOf,
  tailOf,
} from "./parts.ts";
import { printEvent, printWide } from "./print.ts";
import { requestOf } from "./read.ts";
import { wantsPieces } from "./read-tools.ts";
import { formOf } from "./target.ts";
import { allTold, printUsage, type Told } from "./usage.ts";

const strange = { sandboxUnexpected: true };

/** The chunks of a streamed answer, as events or as the elements of one growing array. */
export const writeStream = (writing: Writing): Streamed =>
  formOf(writing.url) === "sse" ? asEvents(writing) : asArray(writing);

/** Events have no terminator: the last chunk, with the reason for the end, is it. */
const asEvents = (writing: Writing): Streamed => ({
  frames: printed(writeChunks(writing), printEvent),
  isSse: true,
  contentType: "text/event-stream",
  failure: (message) => [printEvent(failure(message))],
  strange: printEvent(strange),
  finish: asWritten,
});

const closing = "]";

/** The array is written to its end even after a failure, so that it is always JSON. */
function asArray(writing: Writing): Streamed {
  let elements = 0;
  return {
    frames: arrayFrames(writing),
    isSse: false,
    contentType: "application/json; charset=UTF-8",
    failure: (message) => [printWide(failure(message)), closing],
    strange: printWide(strange),
    finish: (text) => {
      if (text === closing) return elements === 0 ? "[]" : "\n]";
      elements += 1;
      return `${elements === 1 ? "[" : "\n,\r\n"}${text}`;
    },
  };
}

function* arrayFrames(writing: Writing): Iterable<Frame> {
  for (const frame of printed(writeChunks(writing), printWide)) {
    yield frame.kind === "done" ? { ...frame, kind: "close" } : frame;
  }
  yield { kind: "done", text: closing };
}

/** A chunk that is not printed yet; hidden tokens take time and have none. */
interface Chunk {
  readonly kind: Frame["kind"];
  readonly chunk: JsonObject | undefined;
}

function* printed(chunks: Iterable<Chunk>, print: (chunk: JsonObject) => string): Iterable<Frame> {
  for (const { kind, chunk } of chunks) yield { kind, text: chunk === undefined ? "" : print(chunk) };
}

const failure = (message: string): JsonObject => ({ error: { code: 503, message, status: "UNAVAILABLE" } });

function* writeChunks(writing: Writing): Iterable<Chunk> {
  const { answer, usageFault } = writing;
  const tail = tailOf(writing, responseIdOf(writing));
  const isTold = usageFault !== "none" && usageFault !== "early";
  let isFirst = true;
  const chunkOf = (head: JsonObject, told: Told): JsonObject => {
    const usage = usageFault === "early" && isFirst ? allTold(writing) : isTold ? told : undefined;
    isFirst = false;
    return { ...head, ...(usage ? { usageMetadata: printUsage(writing, usage) } : {}), ...tail };
  };
  if (answer.choices.length === 0)
    return yield { kind: "done", chunk: chunkOf(blocked, { thoughts: 0, candidates: 0 }) };
  let told: Told = { thoughts: 0, candidates: 0 };
  for (const [index, choice] of answer.choices.entries()) {
    const isLast = index === answer.choices.length - 1;
    for (const step of stepsOf(choice, index, writing)) {
      told = { thoughts: told.thoughts + step.thoughts, candidates: told.candidates + step.candidates };
      const kind = step.isEnd ? (isLast ? "done" : "close") : "token";
      const head = step.candidate && { candidates: [step.candidate] };
      yield { kind, chunk: head && chunkOf(head, told) };
    }
  }
  if (usageFault === "double") yield { kind: "done", chunk: chunkOf({}, allTold(writing)) };
}

/** What comes next of a candidate, and what it costs. */
interface Step {
  readonly thoughts: number;
  readonly candidates: number;
  readonly candidate: JsonObject | undefined;
  readonly isEnd?: true;
}

function* stepsOf(choice: Choice, index: number, writing: Writing): Iterable<Step> {
  const isShown = showsThoughts(writing);
  for (const text of choice.reasoning) {
    const candidate = isShown ? contentOf({ text, thought: true }, index) : undefined;
    yield { thoughts: 1, candidates: 0, candidate };
  }
  for (const text of choice.text) {
    const candidate = { ...contentOf({ text }, index), ...logprobsOf([text], writing.body) };
    yield { thoughts: 0, candidates: 1, candidate };
  }
  yield* callSteps(choice, index, writing);
  const signature = choice.calls.length === 0 ? signatureOf(choice, "") : {};
  const candidate = { ...saying({ text: "", ...signature }), ...endOf(choice, index) };
  yield { thoughts: 0, candidates: 0, candidate, isEnd: true };
}

/** Each call is one chunk, at the time of its last token, or comes in pieces if that was asked for. */
function* callSteps(choice: Choice, index: number, writing: Writing): Iterable<Step> {
  const isInPieces = wantsPieces(requestOf(writing.body));
  for (const [at, part] of callParts(choice, writing).entries()) {
    const call = choice.calls[at];
    if (!call) return;
    const parts = isInPieces ? piecesOf(part, [...callPieces(call, idIn(part))]) : [part];
    const cost = call.arguments.length + 1;
    // One token each, as far as they go; what is left over has no tokens or no chunks.
    for (let token = 0; token < Math.max(cost, parts.length); token += 1) {
      const waiting = Math.max(0, cost - parts.length);
      const shown = parts[token - waiting];
      yield {
        thoughts: 0,
        candidates: token < cost ? 1 : 0,
        candidate: shown && contentOf(shown, index),
      };
    }
  }
}

/** The pieces as parts; the signature stands on the first. */
function piecesOf(part: JsonObject, pieces: readonly JsonObject[]): readonly JsonObject[] {
  const { functionCall: _whole, ...rest } = part;
  return pieces.map((functionCall, at) => ({ functionCall, ...(at === 0 ? rest : {}) }));
}

function idIn({ functionCall }: JsonObject): string | undefined {
  const id =
    typeof functionCall === "object" && functionCall !== null && "id" in functionCall
      ? functionCall["id"]
      : "";
  return typeof id === "string" && id !== "" ? id : undefined;
}

const contentOf = (part: JsonObject, index: number): JsonObject => ({ ...saying(part), index });

const saying = (part: JsonObject) => ({ content: { parts: [part], role: "model" } });
