import type { CallShape, UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { abilitiesOf } from "./model-family.ts";
import { encodeRequest } from "./request.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

/** How we speak Converse to Amazon Bedrock, whatever the family of its model. */
export const bedrockConverse: UpstreamCodec = {
  dialect: "bedrock-converse",
  pathOf,
  framingOf: () => "aws-event-stream",
  encodeRequest,
  abilitiesOf: (model) => {
    const { isClaude, sampling, prefill, reasoning, schema, cache } = abilitiesOf(model);
    return isClaude
      ? { sampling, prefill, reasoning: reasoning.kind !== "none", schema, cacheMarks: cache !== undefined }
      : { sampling };
  },
  // The model is in the path, and no client speaks this dialect.
  splices: () => [],
  decodeAnswer,
  decodeStream,
  tapStream,
  tapAnswer,
  readFailure,
};

/** The model's id, or its ARN, is one segment of the path. */
function pathOf({ model, isStream }: CallShape): string {
  const id = encodeURIComponent(model).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `/model/${id}/${isStream ? "converse-stream" : "converse"}`;
}
