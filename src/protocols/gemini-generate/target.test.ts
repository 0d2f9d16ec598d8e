import { describe, expect, it } from "vitest";
import { geminiTarget } from "./target.ts";

const generate = (model: string) => ({ action: "generateContent", facts: { model, isStream: false } });
const vertex = "/v1/projects/p/locations/europe-west4/publishers";

describe("geminiTarget", () => {
  it.for([
    { path: "/v1beta/models/gemini-2.5-flash:generateContent", model: "gemini-2.5-flash" },
    { path: "/v1/models/gemini-2.5-flash:generateContent", model: "gemini-2.5-flash" },
    { path: "/v1alpha/models/gemini-2.5-flash:generateContent", model: "gemini-2.5-flash" },
    { path: "/v1beta/models/openai/gpt-5:generateContent", model: "openai/gpt-5" },
    { path: "/v1beta/models/openai/gpt-oss:free:generateContent", model: "openai/gpt-oss:free" },
    { path: "/v1beta/openai/gpt-5:generateContent", model: "openai/gpt-5" },
    { path: "/v1beta/models/openai%2Fgpt-5%3AgenerateContent", model: "openai/gpt-5" },
    { path: `${vertex}/google/models/gemini-2.5-pro:generateContent`, model: "gemini-2.5-pro" },
    { path: `${vertex}/meta/models/llama:generateContent`, model: "meta/llama" },
    { path: "/v1beta1/publishers/google/models/gemini-2.5-pro:generateContent", model: "gemini-2.5-pro" },
  ])("finds $model in $path", ({ path, model }) => {
    expect(geminiTarget(path, "")).toEqual(generate(model));
  });

  it.for([
    { query: "alt=sse", form: "sse" },
    { query: "key=k&alt=sse", form: "sse" },
    { query: "alt=sse&key=k", form: "sse" },
    { query: "%24alt=sse%3Benum-encoding%3Dint", form: "sse" },
    { query: "", form: "json-array" },
    { query: "alt=json", form: "json-array" },
    { query: "salt=sse", form: "json-array" },
    { query: "alt=ssex", form: "json-array" },
  ])("a stream with the query '$query' is told as $form", ({ query, form }) => {
    expect(geminiTarget("/v1beta/models/m:streamGenerateContent", query)).toEqual({
      action: "streamGenerateContent",
      facts: { model: "m", isStream: true, streamForm: form },
    });
  });

  it.for(["countTokens", "embedContent", "batchEmbedContents", "predict"])(
    "names the action %s",
    (action) => {
      expect(geminiTarget(`/v1beta/models/m:${action}`, "alt=sse")).toEqual({
        action,
        facts: { model: "m", isStream: false },
      });
    },
  );

  it.for([
    "/v1beta/models",
    "/v1beta/models/gemini-2.5-flash",
    "/v1beta/models/:generateContent",
    "/v1beta/models/m:",
    "/v1beta/models/m:generate/content",
    "/v1beta/models/%E0%A4%A:generateContent",
    "/v2/models/m:generateContent",
    "/v1beta/projects/p/locations/l/publishers/google/models/m:generateContent",
    "/v1/chat/completions",
  ])("finds nothing in %s", (path) => {
    expect(geminiTarget(path, "")).toBeUndefined();
  });
});
