import type { Dialect } from "../dialect.ts";
import { readCount, writeCount } from "./count.ts";
import { readBatchEmbed, readEmbed, writeBatchEmbed, writeEmbed } from "./embed.ts";
import { writeError } from "./error.ts";
import { writeModel, writeModels } from "./models.ts";
import { readGenerate } from "./read.ts";
import { writeStream } from "./stream.ts";
import { claiming } from "./target.ts";
import { writeWhole } from "./write.ts";

const generate = {
  cacheMode: "automatic",
  serves: "words",
  blocksInAnswer: true,
  read: readGenerate,
  whole: writeWhole,
  stream: writeStream,
} as const;

/** The Gemini API, as its provider speaks it. */
export const geminiGenerate: Dialect = {
  name: "gemini-generate",
  endpoints: [
    { ...generate, name: "gemini-generate", claims: claiming("generateContent") },
    { ...generate, name: "gemini-stream", claims: claiming("streamGenerateContent") },
    {
      name: "gemini-count-tokens",
      claims: claiming("countTokens"),
      cacheMode: "none",
      serves: "words",
      isImmediate: true,
      read: readCount,
      whole: writeCount,
    },
    {
      name: "gemini-embed",
      claims: claiming("embedContent"),
      cacheMode: "none",
      serves: "vectors",
      read: readEmbed,
      whole: writeEmbed,
    },
    {
      name: "gemini-batch-embed",
      claims: claiming("batchEmbedContents"),
      cacheMode: "none",
      serves: "vectors",
      read: readBatchEmbed,
      whole: writeBatchEmbed,
    },
  ],
  error: writeError,
  headers: () => ({
    server: "sallyport-sandbox",
    vary: "Origin, X-Origin, Referer",
    "server-timing": "gfet4t7; dur=1",
  }),
  contentType: "application/json; charset=UTF-8",
  models: writeModels,
  model: writeModel,
};
