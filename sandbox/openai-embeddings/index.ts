import { at, type Dialect } from "../dialect.ts";
import { openai } from "../openai-chat/voice.ts";
import { readEmbeddings } from "./read.ts";
import { writeWhole } from "./write.ts";

/** OpenAI Embeddings, as its provider speaks it. */
export const openaiEmbeddings: Dialect = {
  ...openai,
  name: "openai-embeddings",
  endpoints: [
    {
      name: "openai-embeddings",
      claims: at("/v1/embeddings"),
      cacheMode: "none",
      serves: "vectors",
      read: readEmbeddings,
      whole: writeWhole,
    },
  ],
};
