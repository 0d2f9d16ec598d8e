import { isJsonObject, type Json } from "../../src/kernel/json.ts";
import type { Choice } from "../ask.ts";
import { asWritten, eventStream, type Frame, type Streamed, type Writing } from "../dialect.ts";
import { writeErrorFrame } from "./error.ts";
import { printUsage } from "./usage.ts";
import { envelopeOf, finishName, printLogprobs, wantsLogprobs } from "./write.ts";

const padding = "mN7pQ2xV9bK4tR8w";

/** The chunks of a streamed answer, with the members and order of the OpenAI API. */
export const writeStream = (writing: Writing): Streamed => ({
  frames: writeChunks(writing),
  isSse: true,
  contentType: eventStream,
  failure: (message) => [writeErrorFrame(message)],
  strange: 'data: {"object":"sandbox.unexpected","unexpected":true}\n\n',
  finish: asWritten,
});

function* writeChunks(writing: Writing): Iterable<Frame> {
  const { answer, created, usageFault, body } = writing;
  const envelope = envelopeOf(writing);
  const options = streamOptions(body);
  const head =
    `data: {"id":"${envelope.id}","object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(envelope.model)},` +
    `"service_tier":"${envelope.serviceTier}","system_fingerprint":"${envelope.fingerprint}","choices":[`;
  const usage = JSON.stringify(printUsage(answer.usage, usageFault));
  let frames = 0;
  const chunk = (choices: string, told: string | undefined): string => {
    frames += 1;
    const obfuscation = options.isObfuscated
      ? `,"obfuscation":"${padding.slice(0, 1 + ((frames * 7) % 15))}"`
      : "";
    return `${head}${choices}]${told === undefined ? "" : `,"usage":${told}`}${obfuscation}}\n\n`;
  };
  const silent = options.includeUsage ? "null" : undefined;
  let early: string | undefined = usageFault === "early" ? usage : undefined;
  for (const [index, choice] of answer.choices.entries()) {
    for (const piece of writeChoice(choice, index, writing)) {
      if (piece.text === "") {
        yield piece;
        continue;
      }
      const isDouble = usageFault === "double" && piece.kind === "close";
      yield { kind: piece.kind, text: chunk(piece.text, early ?? (isDouble ? usage : silent)) };
      early = undefined;
    }
  }
  if (options.includeUsage && usageFault !== "none" && usageFault !== "early") {
    yield { kind: "close", text: chunk("", usage) };
  }
  yield { kind: "done", text: "data: [DONE]\n\n" };
}

/** The choices of one answer, chunk by chunk, without the envelope; hidden tokens take time but have no text. */
function* writeChoice(choice: Choice, index: number, writing: Writing): Iterable<Frame> {
  const piece = (kind: Frame["kind"], delta: string, logprobs = "null"): Frame => ({
    kind,
    text: `{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":null}`,
  });
  const isSilent = choice.calls.length > 0 && choice.text.length === 0;
  yield piece("open", `{"role":"assistant","content":${isSilent ? "null" : '""'},"refusal":null}`);
  for (const token of choice.reasoning) {
    if (writing.reasoning !== "hidden")
      yield piece("token", `{"reasoning_content":${JSON.stringify(token)}}`);
    else yield { kind: "token", text: "" };
  }
  const isLogged = wantsLogprobs(writing.body);
  for (const token of choice.text) {
    const logprobs = isLogged ? JSON.stringify(printLogprobs([token], choice.isRefusal)) : "null";
    yield piece(
      "token",
      `{"${choice.isRefusal ? "refusal" : "content"}":${JSON.stringify(token)}}`,
      logprobs,
    );
  }
  for (const [at, call] of choice.calls.entries()) {
    const id = `call_${writing.dice.id(24)}`;
    const named = `{"name":${JSON.stringify(call.name)},"arguments":""}`;
    yield piece(
      "token",
      `{"tool_calls":[{"index":${at},"id":"${id}","type":"function","function":${named}}]}`,
    );
    for (const token of call.arguments) {
      yield piece(
        "token",
        `{"tool_calls":[{"index":${at},"function":{"arguments":${JSON.stringify(token)}}}]}`,
      );
    }
  }
  const finish = finishName(choice.finish);
  yield { kind: "close", text: `{"index":${index},"delta":{},"logprobs":null,"finish_reason":"${finish}"}` };
}

function streamOptions(body: Json): { readonly includeUsage: boolean; readonly isObfuscated: boolean } {
  const options = isJsonObject(body) && isJsonObject(body["stream_options"]) ? body["stream_options"] : {};
  return {
    includeUsage: options["include_usage"] === true,
    isObfuscated: options["include_obfuscation"] !== false,
  };
}
