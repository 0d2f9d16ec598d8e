import type { UpstreamCodec } from "../../exchange/codec.ts";
import { envelopeMarkBase64 } from "../../exchange/own-state.ts";
import { readFailure } from "./error.ts";
import { abilitiesOf, modelVersion } from "./model-version.ts";
import { pathOf } from "./path.ts";
import { encodeRequest } from "./request.ts";
import { decodeAnswer, tapAnswer } from "./response.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

const foreignMarks = [`"${envelopeMarkBase64}`] as const;

export { geminiEmbeddings } from "./embeddings.ts";
/** Upstreams that speak Gemini's `generateContent`: Google AI Studio. */
export const gemini: UpstreamCodec = {
  dialect: "gemini-generate",
  pathOf,
  framingOf: (form) => form,
  encodeRequest,
  abilitiesOf: (model) => {
    const { thinking, takesSystem } = abilitiesOf(model);
    return modelVersion(model) === undefined
      ? { systemRole: takesSystem }
      : { reasoning: thinking.kind !== "none", systemRole: takesSystem };
  },
  // The model is in the path, and whether the answer is streamed.
  foreignMarks: () => foreignMarks,
  splices: () => [],
  decodeAnswer,
  decodeStream,
  tapStream,
  tapAnswer,
  readFailure,
};
