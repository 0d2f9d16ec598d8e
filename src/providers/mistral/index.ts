import type { CallFacts, RequestContext, Splice, UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { encodeRequest } from "./request.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

/** How we speak Mistral's chat: like OpenAI's at first sight, with content in chunks, ids and an order of its own. */
export const mistral: UpstreamCodec = {
  dialect: "mistral-chat",
  pathOf: () => "/chat/completions",
  framingOf: () => "sse",
  encodeRequest,
  splices,
  decodeAnswer,
  decodeStream,
  tapStream,
  tapAnswer,
  readFailure,
};

/** Only the model's name may have to change: usage comes unasked. */
function splices({ model: asked }: CallFacts, { model }: RequestContext): readonly Splice[] {
  return asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }];
}
