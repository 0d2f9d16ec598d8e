import type { Dialect } from "../dialect.ts";
import { writeError, writeErrorFrame } from "./error.ts";
import { writeModel, writeModels } from "./models.ts";
import { readChat } from "./read.ts";
import { writeStream } from "./stream.ts";
import { writeWhole } from "./write.ts";

/** OpenAI Chat Completions, as its provider speaks it. */
export const openaiChat: Dialect = {
  name: "openai-chat",
  path: "/v1/chat/completions",
  cacheMode: "automatic",
  read: readChat,
  whole: writeWhole,
  stream: writeStream,
  error: writeError,
  errorFrame: writeErrorFrame,
  strangeFrame: 'data: {"object":"sandbox.unexpected","unexpected":true}\n\n',
  headers: (requestId) => ({
    server: "sallyport-sandbox",
    "x-request-id": requestId,
    "openai-version": "2020-10-01",
    "openai-processing-ms": "1",
    "x-ratelimit-limit-requests": "30000",
    "x-ratelimit-remaining-requests": "29999",
    "x-ratelimit-reset-requests": "2ms",
  }),
  models: writeModels,
  model: writeModel,
};
