import type { CallFacts, RequestContext, Splice, UpstreamCodec } from "../../exchange/codec.ts";
import { envelopeMark } from "../../exchange/own-state.ts";
import { readFailure } from "./error.ts";
import { abilitiesOf, modelVersion } from "./model-version.ts";
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
  abilitiesOf: (model) => {
    if (modelVersion(model) === undefined) return {};
    const { sampling, prefill, thinking, schema } = abilitiesOf(model);
    return { sampling, prefill, reasoning: thinking !== "none", schema, systemRole: true, cacheMarks: true };
  },
  foreignMarks: () => foreignMarks,
  splices,
  decodeAnswer,
  decodeStream,
  tapStream,
  tapAnswer,
  readFailure,
};

/** An unsigned thought is one that another vendor has had. */
const foreignMarks = [`"${envelopeMark}`, '"signature":""', '"signature": ""'] as const;

/** Only the model's name may have to change. */
function splices({ model: asked }: CallFacts, { model }: RequestContext): readonly Splice[] {
  return asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }];
}
