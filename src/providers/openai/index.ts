import type { UpstreamCodec } from "../../exchange/codec.ts";
import { envelopeMark, mintedMark } from "../../exchange/own-state.ts";
import { readFailure } from "./error.ts";
import { familyOf } from "./model-family.ts";
import { encodeResponsesRequest, responsesSplices } from "./request.ts";
import { decodeResponsesAnswer, tapResponsesAnswer } from "./response.ts";
import { decodeResponsesStream } from "./stream.ts";
import { tapResponsesStream } from "./tap.ts";

/** How we speak Responses to OpenAI and to every server that took the dialect over. */
export const openaiResponsesUpstream: UpstreamCodec = {
  dialect: "openai-responses",
  pathOf: () => "/responses",
  framingOf: () => "sse",
  encodeRequest: encodeResponsesRequest,
  abilitiesOf: (model) => {
    const { isReasoning, systemRole, takesCacheMarks } = familyOf(model);
    // Of what is not OpenAI's own its family knows nothing.
    return isReasoning
      ? { reasoning: true, sampling: false, systemRole: systemRole === "system", cacheMarks: takesCacheMarks }
      : {};
  },
  foreignMarks: () => foreignMarks,
  splices: responsesSplices,
  decodeAnswer: decodeResponsesAnswer,
  decodeStream: decodeResponsesStream,
  tapStream: tapResponsesStream,
  tapAnswer: tapResponsesAnswer,
  readFailure,
};

const foreignMarks = [`"${envelopeMark}`, mintedMark] as const;
