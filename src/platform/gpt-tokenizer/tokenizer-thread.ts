import { workerData } from "node:worker_threads";
import type { ThreadData } from "../../ports/threads.ts";
import type { CountAnswer, CountJob } from "./tokenizer.ts";

/** Nothing in a text is special: it is what somebody wrote. */
const options = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** Loaded when first asked for: each is some megabytes. */
const vocabularies = {
  o200k: async () => (await import("gpt-tokenizer/encoding/o200k_base")).countTokens,
  cl100k: async () => (await import("gpt-tokenizer/encoding/cl100k_base")).countTokens,
} as const;

const { port }: ThreadData = workerData;

port.on("message", (job: CountJob) => {
  void answer(job).then((told) => port.postMessage(told));
});

async function answer({ id, vocabulary, texts }: CountJob): Promise<CountAnswer> {
  try {
    const countTokens = await vocabularies[vocabulary]();
    return { id, counts: texts.map((text) => countTokens(text, options)), error: undefined };
  } catch (thrown) {
    return { id, counts: [], error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
