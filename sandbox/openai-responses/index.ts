import { at, type Dialect } from "../dialect.ts";
import { openai } from "../openai-chat/voice.ts";
import { readCountRequest, writeCount } from "./count.ts";
import { writeError } from "./error.ts";
import { readResponses } from "./read.ts";
import { writeStream } from "./stream.ts";
import { writeWhole } from "./write.ts";

/** OpenAI Responses, as its provider speaks it. */
export const openaiResponses: Dialect = {
  ...openai,
  name: "openai-responses",
  error: writeError,
  endpoints: [
    {
      name: "openai-responses",
      claims: at("/v1/responses"),
      cacheMode: "automatic",
      serves: "words",
      read: readResponses,
      whole: writeWhole,
      stream: writeStream,
    },
    {
      name: "openai-input-tokens",
      claims: at("/v1/responses/input_tokens"),
      cacheMode: "none",
      serves: "words",
      isImmediate: true,
      read: readCountRequest,
      whole: writeCount,
    },
  ],
};
