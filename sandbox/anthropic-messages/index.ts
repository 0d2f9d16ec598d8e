import type { Dialect } from "../dialect.ts";
import { writeError, writeErrorFrame } from "./error.ts";
import { writeModel, writeModels } from "./models.ts";
import { readMessagesRequest } from "./read.ts";
import { writeStream } from "./stream.ts";
import { writeWhole } from "./write.ts";

export { readPrompt } from "./read.ts";

/** Anthropic Messages, as its provider speaks it. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  path: "/v1/messages",
  cacheMode: "marked",
  read: readMessagesRequest,
  whole: writeWhole,
  stream: writeStream,
  error: writeError,
  errorFrame: writeErrorFrame,
  strangeFrame: 'event: sandbox_unexpected\ndata: {"type":"sandbox_unexpected","unexpected":true}\n\n',
  headers: (requestId) => ({
    server: "sallyport-sandbox",
    "request-id": requestId,
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
  }),
  models: writeModels,
  model: writeModel,
};
