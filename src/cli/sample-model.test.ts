import { expect, it } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { parseWorld } from "./parse-world.ts";
import { sampleModelOf } from "./sample-model.ts";

/** Port 9 of this machine: nobody answers there. */
const own = (name: string, more = ""): string =>
  `  ${name}: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1${more} }\n`;

it.for([
  { name: "a pool before all", text: `${own("a", ", models: [m]")}models: { fast: [a/x] }`, model: "fast" },
  { name: "a model that the file names", text: own("a", ", models: ['gpt-*', llama]"), model: "a/llama" },
  {
    name: "the catalogue's, of a provider that is like another",
    text: '  mine: { like: anthropic, key: "${K}" }',
    model: "mine/claude-haiku-4-5",
  },
  {
    name: "that of the next provider, when nobody names one of the first",
    text: own("a") + own("b", ", models: [m]"),
    model: "b/m",
  },
  { name: "none, when nobody names one", text: own("a", ", models: ['*']"), model: undefined },
])("the sample is $name", async ({ text, model }) => {
  const parsed = parseConfig(`providers:\n${text}`, parseWorld({ env: { K: "sk" } }));
  if (parsed.kind === "invalid") throw new Error(parsed.problems[0]?.message);
  expect(await sampleModelOf(parsed.config)).toBe(model);
});
