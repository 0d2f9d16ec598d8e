import type { Voice } from "../dialect.ts";
import { writeError } from "./error.ts";
import { writeModel, writeModels } from "./models.ts";

/** How OpenAI answers on all of its endpoints. */
export const openai: Voice = {
  error: writeError,
  headers: (requestId) => ({
    server: "sallyport-sandbox",
    "x-request-id": requestId,
    "openai-version": "2020-10-01",
    "openai-processing-ms": "1",
    "x-ratelimit-limit-requests": "30000",
    "x-ratelimit-remaining-requests": "29999",
    "x-ratelimit-reset-requests": "2ms",
  }),
  contentType: "application/json",
  models: writeModels,
  model: writeModel,
};
