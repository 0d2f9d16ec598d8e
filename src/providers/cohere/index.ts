import type { CallFacts, RequestContext, Splice, UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { encodeRequest } from "./request.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

export { cohereEmbeddings } from "./embeddings.ts";
/** How we speak version 2 of Cohere's chat. */
export const cohere: UpstreamCodec = {
  dialect: "cohere-chat",
  pathOf: () => "/v2/chat",
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
