import type { UpstreamCodec } from "../../exchange/codec.ts";
import { unreachable } from "../../kernel/invariant.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import { readFailure } from "./error.ts";

/** Anthropic's own count of a request's tokens: `POST /v1/messages/count_tokens`. It costs nothing and is not translated. */
export const anthropicCountUpstream: UpstreamCodec = {
  dialect: "anthropic-count",
  pathOf: () => "/v1/messages/count_tokens",
  framingOf: () => "sse",
  encodeRequest: () => unreachable("a count is not translated"),
  splices: ({ model: asked }, { model }) =>
    asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }],
  decodeAnswer: () => unreachable("a count is not translated"),
  decodeStream: () => unreachable("a count is not streamed"),
  tapStream: () => unreachable("a count is not streamed"),
  tapAnswer: (body) => {
    const value = parseJson(new TextDecoder().decode(body));
    if (!isJsonObject(value) || typeof value["input_tokens"] !== "number") return undefined;
    return { finish: { reason: "stop", raw: "" } };
  },
  readFailure,
};
