import { at, type Dialect } from "../dialect.ts";
import { readChat } from "./read.ts";
import { writeStream } from "./stream.ts";
import { openai } from "./voice.ts";
import { writeWhole } from "./write.ts";

/** OpenAI Chat Completions, as its provider speaks it. */
export const openaiChat: Dialect = {
  ...openai,
  name: "openai-chat",
  endpoints: [
    {
      name: "openai-chat",
      claims: at("/v1/chat/completions"),
      cacheMode: "automatic",
      serves: "words",
      read: readChat,
      whole: writeWhole,
      stream: writeStream,
    },
  ],
};
