import { at, type Dialect } from "../dialect.ts";
import { readCountRequest, writeCount } from "./count.ts";
import { writeError } from "./error.ts";
import { writeModel, writeModels } from "./models.ts";
import { readMessagesRequest } from "./read.ts";
import { writeStream } from "./stream.ts";
import { writeWhole } from "./write.ts";

/** Anthropic Messages, as its provider speaks it. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  endpoints: [
    {
      name: "anthropic-messages",
      claims: at("/v1/messages"),
      cacheMode: "marked",
      serves: "words",
      read: readMessagesRequest,
      whole: writeWhole,
      stream: writeStream,
    },
    {
      name: "anthropic-count-tokens",
      claims: at("/v1/messages/count_tokens"),
      cacheMode: "none",
      serves: "words",
      isImmediate: true,
      read: readCountRequest,
      whole: writeCount,
    },
  ],
  error: writeError,
  headers: (requestId) => ({
    server: "sallyport-sandbox",
    "request-id": requestId,
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
  }),
  contentType: "application/json",
  models: writeModels,
  model: writeModel,
};
