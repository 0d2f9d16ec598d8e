import type { CallFacts, RequestContext, Splice, UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { encodeRequest } from "./request.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

export { anthropicCountUpstream } from "./count.ts";

/** Upstreams that speak Anthropic Messages. */
export const anthropic: UpstreamCodec = {
  dialect: "anthropic-messages",
  pathOf: () => "/v1/messages",
  framingOf: () => "sse",
  encodeRequest,
  splices,
  decodeAnswer,
  decodeStream,
  tapStream,
  tapAnswer,
  readFailure,
};

/** Only the model's name may have to change. */
function splices({ model: asked }: CallFacts, { model }: RequestContext): readonly Splice[] {
  return asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }];
}
