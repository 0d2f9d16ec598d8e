import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { isJsonObject, RawJson } from "../../kernel/json.ts";
import {
  callOf,
  claude,
  decode,
  echoed,
  enveloped,
  gemini,
  notesOf,
  openai,
} from "./answers.test-support.ts";
import { decodeGemini } from "./decode.ts";

/** The parts of one user content given as JSON text, and what reading it declared. */
function read(part: string): { readonly parts: readonly Part[]; readonly dropped: readonly string[] } {
  const decoding = decode(`{"contents":[{"role":"user","parts":[${part}]}]}`);
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return {
    parts: decoding.call.turns[0]?.parts ?? [],
    dropped: decoding.warnings.map(({ subject }) => subject),
  };
}
const model = (...parts: readonly object[]) => ({ role: "model", parts });
const user = (...parts: readonly object[]) => ({ role: "user", parts });
const text = (value: string): Part => ({ kind: "text", text: value });

describe("decodeGemini: contents", () => {
  it.for<{ name: string; part: string; expected: readonly Part[]; dropped?: readonly string[] }>([
    { name: "text", part: '{"text":"a"}', expected: [text("a")] },
    { name: "empty text, which says nothing", part: '{"text":""}', expected: [] },
    {
      name: "an image",
      part: '{"inlineData":{"mimeType":"image/png","data":"AA=="}}',
      expected: [{ kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" }],
    },
    {
      name: "an image in snake case, its bytes in the alphabet of URLs",
      part: '{"inline_data":{"mime_type":"image/png","data":"-_A="}}',
      expected: [{ kind: "image", source: { kind: "base64", data: "+/A=" }, mediaType: "image/png" }],
    },
    {
      name: "sound, with a note on it that is lost",
      part: '{"inlineData":{"mimeType":"audio/wav","data":"AA=="},"videoMetadata":{"fps":1}}',
      expected: [{ kind: "audio", source: { kind: "base64", data: "AA==" }, mediaType: "audio/wav" }],
      dropped: ["contents[0].parts[0].videoMetadata"],
    },
    {
      name: "a video by URL",
      part: '{"fileData":{"mimeType":"video/mp4","fileUri":"https://a/b.mp4"}}',
      expected: [{ kind: "video", source: { kind: "url", url: "https://a/b.mp4" }, mediaType: "video/mp4" }],
    },
    {
      name: "a document that Google keeps",
      part: '{"file_data":{"mime_type":"application/pdf","file_uri":"gs://b/c.pdf","display_name":"C"}}',
      expected: [
        {
          kind: "document",
          source: { kind: "file", id: "gs://b/c.pdf" },
          mediaType: "application/pdf",
          title: "C",
        },
      ],
    },
    {
      name: "a document of Google's file service",
      part: '{"fileData":{"mimeType":"text/plain","fileUri":"https://generativelanguage.googleapis.com/v1beta/files/x"}}',
      expected: [
        {
          kind: "document",
          source: { kind: "file", id: "https://generativelanguage.googleapis.com/v1beta/files/x" },
          mediaType: "text/plain",
        },
      ],
    },
    {
      name: "a file without a type, which is for Google alone",
      part: '{"fileData":{"fileUri":"https://youtu.be/x"}}',
      expected: [
        {
          kind: "opaque",
          type: "fileData",
          origin: "gemini-generate",
          raw: new RawJson('{"fileData":{"fileUri":"https://youtu.be/x"}}'),
        },
      ],
    },
    {
      name: "a part of a tool that Google runs, as it was written",
      part: '{"executable_code":{"code":"1",  "n":1.0}}',
      expected: [
        {
          kind: "opaque",
          type: "executableCode",
          origin: "gemini-generate",
          raw: new RawJson('{"executable_code":{"code":"1",  "n":1.0}}'),
        },
      ],
    },
    {
      name: "text beside a member that nobody knows",
      part: '{"hologram":1,"text":"a"}',
      expected: [text("a")],
      dropped: ["contents[0].parts[0].hologram"],
    },
  ])("reads $name", ({ part, expected, dropped = [] }) => {
    expect(read(part)).toEqual({ parts: expected, dropped });
  });

  it("takes a lone content and a lone part for lists of one", () => {
    expect(callOf({ contents: { parts: { text: "hi" } } }).turns).toEqual([
      { role: "user", parts: [text("hi")] },
    ]);
  });

  it.for([
    { name: "a text", systemInstruction: "be kind", parts: ["be kind"] },
    {
      name: "a content",
      systemInstruction: { role: "user", parts: [{ text: "be" }, { text: "kind" }] },
      parts: ["be", "kind"],
    },
    {
      name: "a content with a lone part",
      systemInstruction: { parts: { text: "be kind" } },
      parts: ["be kind"],
    },
  ])("reads systemInstruction as $name", ({ systemInstruction, parts }) => {
    const expected = parts.map(text);
    expect(callOf({ systemInstruction }).instructions).toEqual(expected);
    expect(callOf({ system_instruction: systemInstruction }).instructions).toEqual(expected);
  });

  it("joins what a client kept of a stream, chunk by chunk, to one turn", () => {
    const contents = [
      model({ text: "I ", thought: true }),
      model({ text: "think", thought: true }),
      model({ text: "", thought: true, thoughtSignature: enveloped(claude("s")) }),
      model({ text: "Hel" }),
      model({ text: "lo" }, { functionCall: { name: "f", id: "c1", args: {} } }),
      model({ text: "" }),
    ];
    expect(callOf({ contents: [user({ text: "hi" }), ...contents] }).turns).toEqual([
      { role: "user", parts: [text("hi")] },
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "I think", isRedacted: false, seal: claude("s") },
          text("Hello"),
          { kind: "tool-call", id: "c1", name: "f", argumentsText: "{}" },
        ],
      },
    ]);
  });

  it("keeps parts apart that one content tells apart, and sealed texts", () => {
    expect(
      echoed([
        model({ text: "a" }, { text: "b" }),
        model({ text: "c", thoughtSignature: "s" }),
        model({ text: "d" }),
      ]),
    ).toEqual([text("a"), text("b"), { kind: "text", text: "c", seal: gemini("s") }, text("d")]);
  });

  it("rule 28: results that follow each other are one turn, whatever their roles", () => {
    const result = (name: string) => ({ functionResponse: { name, response: { output: name } } });
    const contents = [
      model({ functionCall: { name: "f" } }, { functionCall: { name: "g" } }),
      { role: "function", parts: [result("f")] },
      user(result("g")),
      user({ text: "go on" }),
    ];
    const { turns } = callOf({ contents });
    expect(turns.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)])).toEqual([
      ["assistant", ["tool-call", "tool-call"]],
      ["user", ["tool-result", "tool-result"]],
      ["user", ["text"]],
    ]);
  });
});

describe("decodeGemini: calls and results", () => {
  const callPart = (name: string, id?: string) => ({
    functionCall: { name, args: {}, ...(id !== undefined && { id }) },
  });
  const resultPart = (name: string, id?: string) => ({
    functionResponse: { name, response: {}, ...(id !== undefined && { id }) },
  });
  const idsOf = (contents: readonly object[]): readonly (readonly string[])[] =>
    callOf({ contents }).turns.map(({ parts }) =>
      parts.flatMap((part) => {
        if (part.kind === "tool-call") return [part.id];
        return part.kind === "tool-result" ? [part.callId] : [];
      }),
    );

  it("rule 2: arguments stay the text they are", () => {
    const args = '{ "n":9007199254740993, "x":1e400,"y":-0 , "z":1.0}';
    expect(read(`{"functionCall":{"name":"f","id":"c","args":${args}}}`).parts).toEqual([
      { kind: "tool-call", id: "c", name: "f", argumentsText: args },
    ]);
  });

  it("rule 31: results without ids answer the calls of their name in order", () => {
    const [calls, results] = idsOf([
      model(callPart("f"), callPart("g"), callPart("f")),
      user(resultPart("f"), resultPart("f"), resultPart("g")),
    ]);
    expect(new Set(calls).size).toBe(3);
    expect(results).toEqual([calls?.[0], calls?.[2], calls?.[1]]);
  });

  it("results with ids answer the calls of these ids in any order", () => {
    expect(
      idsOf([
        model(callPart("f", "a"), callPart("f", "b")),
        user(resultPart("f", "b"), resultPart("f", "a")),
      ]),
    ).toEqual([
      ["a", "b"],
      ["b", "a"],
    ]);
  });

  it("a result without an id answers a call that has one, and a result with an id one that has none", () => {
    expect(idsOf([model(callPart("f", "a")), user(resultPart("f"))])).toEqual([["a"], ["a"]]);
    const [calls, results] = idsOf([model(callPart("f")), user(resultPart("f", "b"))]);
    expect(results).toEqual(calls);
  });

  it("a result never answers a call of another id, nor one of an earlier turn", () => {
    expect(idsOf([model(callPart("f", "a")), user(resultPart("f", "b"))])).toEqual([["a"], ["b"]]);
    const ids = idsOf([
      model(callPart("f", "a")),
      user({ text: "never mind" }),
      model(callPart("g", "b")),
      user(resultPart("f")),
    ]);
    expect(ids.at(-1)).not.toEqual(["a"]);
  });

  it("rule 34: ids that are made are plain, short, and stay as the conversation grows", () => {
    const before = [model(callPart("f"), callPart("f")), user(resultPart("f"), resultPart("f"))];
    const ids = idsOf(before);
    for (const id of ids.flat()) expect(id).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    expect(idsOf([...before, model(callPart("f")), user(resultPart("f"))]).slice(0, 2)).toEqual(ids);
  });

  it.for<{ name: string; response: string; said: string; isError?: boolean }>([
    { name: "a lone output", response: '{"output":"ok"}', said: "ok" },
    { name: "a lone result", response: '{"result":"ok"}', said: "ok" },
    { name: "a result that is no text", response: '{"result":{"n":1.0}}', said: '{"n":1.0}' },
    { name: "a lone error", response: '{"error":"no"}', said: "no", isError: true },
    { name: "all of any other response", response: '{"n":9007199254740993}', said: '{"n":9007199254740993}' },
    {
      name: "all of a response with more in it",
      response: '{"output":"a","b":1}',
      said: '{"output":"a","b":1}',
    },
    { name: "an empty response", response: "{}", said: "{}" },
  ])("reads $name", ({ response, said, isError = false }) => {
    expect(read(`{"function_response":{"name":"f","id":"c","response":${response}}}`).parts).toEqual([
      { kind: "tool-result", callId: "c", name: "f", isError, content: [text(said)] },
    ]);
  });

  it("reads the images of a result", () => {
    const part =
      '{"functionResponse":{"name":"f","id":"c","response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}}';
    expect(read(part).parts).toMatchObject([{ content: [{ kind: "text", text: "see" }, { kind: "image" }] }]);
  });

  it('rule 36: arguments that were wrapped as {"arguments": text} come back; "" stands for none', () => {
    const argumentsOf = (part: object, tools: readonly object[] = []) => {
      const { turns } = callOf({ contents: [model(part)], tools });
      const [found] = turns[0]?.parts ?? [];
      return found?.kind === "tool-call" ? found.argumentsText : undefined;
    };
    const wrapped = { functionCall: { name: "f", args: { arguments: '{"cut":' } } };
    expect(argumentsOf(wrapped)).toBe('{"cut":');
    expect(argumentsOf({ functionCall: { name: "f" } })).toBe("");
    const declared = {
      name: "f",
      parameters: { type: "OBJECT", properties: { arguments: { type: "STRING" } } },
    };
    expect(argumentsOf(wrapped, [{ functionDeclarations: [declared] }])).toBe(
      String.raw`{"arguments":"{\"cut\":"}`,
    );
  });
});

describe("decodeGemini: seals", () => {
  it("rule 11: Gemini's own signature stays on its part", () => {
    expect(
      echoed([
        model(
          { text: "hm", thought: true, thoughtSignature: "s1" },
          { functionCall: { name: "f", id: "c", args: {} }, thought_signature: "s2" },
          { text: "", thoughtSignature: "s3" },
        ),
      ]),
    ).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false, seal: gemini("s1") },
      { kind: "tool-call", id: "c", name: "f", argumentsText: "{}", seal: gemini("s2") },
      { kind: "text", text: "", seal: gemini("s3") },
    ]);
  });

  it("takes any signature for Gemini's where there are no envelopes", () => {
    expect(echoed([model({ text: "a", thoughtSignature: "c3Ax" })])).toEqual([
      { kind: "text", text: "a", seal: gemini("c3Ax") },
    ]);
  });

  it("rule 17: Claude's comes back to its thinking, redacted thinking as what it was", () => {
    expect(
      echoed([
        model(
          { text: "", thought: true, thoughtSignature: enveloped(claude("shown")) },
          { thought: true, thoughtSignature: enveloped(claude("redacted")) },
        ),
      ]),
    ).toEqual([
      { kind: "reasoning", text: "", isRedacted: false, seal: claude("shown") },
      { kind: "reasoning", text: "", isRedacted: true, seal: claude("redacted") },
    ]);
  });

  it("rule 17: OpenAI's becomes reasoning before the part that bore it, with its summary if that is there", () => {
    const reasoning = { kind: "reasoning", isRedacted: false, isSummary: true, seal: openai("e") } as const;
    const call = { functionCall: { name: "f", id: "c", args: {} }, thoughtSignature: enveloped(openai("e")) };
    const part: Part = { kind: "tool-call", id: "c", name: "f", argumentsText: "{}" };
    expect(echoed([model(call)])).toEqual([{ ...reasoning, text: "" }, part]);
    expect(echoed([model({ text: "sum", thought: true }), model(call)])).toEqual([
      { ...reasoning, text: "sum" },
      part,
    ]);
    expect(echoed([model({ text: "a", thoughtSignature: enveloped(openai("e")) })])).toEqual([
      { ...reasoning, text: "" },
      text("a"),
    ]);
  });

  it("opens envelopes in the alphabet of URLs, which clients write that keep bytes", () => {
    const seal = claude("?>?>?>~~~~ü");
    const signature = enveloped(seal).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    expect(signature).toMatch(/[-_]/);
    expect(echoed([model({ text: "a", thought: true, thoughtSignature: signature })])).toMatchObject([
      { seal },
    ]);
  });
});

describe("decodeGemini: tools", () => {
  it("rule 40: takes OpenAPI schemas translated and JSON Schemas as they are, in the client's order", () => {
    const schema = {
      type: "object",
      properties: { ref: { $ref: "#/$defs/a" } },
      $defs: { a: { type: "string" } },
    };
    const tools = [
      {
        functionDeclarations: [
          {
            name: "f",
            description: "d",
            parameters: { type: "OBJECT", properties: { a: { type: "STRING" } } },
          },
          { name: "g", parametersJsonSchema: schema },
        ],
      },
      { function_declarations: [{ name: "h", parameters_json_schema: schema }, { name: "i" }] },
    ];
    expect(callOf({ tools }).tools).toEqual([
      {
        kind: "function",
        name: "f",
        description: "d",
        parameters: { type: "object", properties: { a: { type: "string" } } },
      },
      { kind: "function", name: "g", parameters: schema },
      { kind: "function", name: "h", parameters: schema },
      { kind: "function", name: "i" },
    ]);
  });

  it("rule 42: tools that Google runs are opaque, by their names, beside functions too", () => {
    const tools = [{ google_search: {} }, { functionDeclarations: [{ name: "f" }], codeExecution: {} }];
    expect(callOf({ tools }).tools).toEqual([
      { kind: "opaque", type: "googleSearch", raw: { google_search: {} } },
      { kind: "function", name: "f" },
      { kind: "opaque", type: "codeExecution", raw: { codeExecution: {} } },
    ]);
  });

  it.for<{ config: object; choice: Call["toolChoice"]; declared?: readonly string[] }>([
    { config: {}, choice: undefined },
    { config: { mode: "MODE_UNSPECIFIED" }, choice: undefined },
    { config: { mode: "AUTO" }, choice: { kind: "auto" } },
    { config: { mode: 1 }, choice: { kind: "auto" } },
    { config: { mode: "NONE" }, choice: { kind: "none" } },
    { config: { mode: "ANY" }, choice: { kind: "any" } },
    { config: { mode: "ANY", allowedFunctionNames: ["f"] }, choice: { kind: "named", name: "f" } },
    {
      config: { mode: "ANY", allowed_function_names: ["f", "g"] },
      choice: { kind: "among", names: ["f", "g"], isRequired: true },
    },
    {
      config: { mode: "AUTO", allowedFunctionNames: ["f"] },
      choice: { kind: "among", names: ["f"], isRequired: false },
    },
    {
      config: { mode: "VALIDATED" },
      choice: { kind: "auto" },
      declared: ["toolConfig.functionCallingConfig.mode"],
    },
    {
      config: { mode: "VALIDATED", allowedFunctionNames: ["f"] },
      choice: { kind: "among", names: ["f"], isRequired: false },
      declared: ["toolConfig.functionCallingConfig.mode"],
    },
    {
      config: { mode: "AUTO", streamFunctionCallArguments: true },
      choice: { kind: "auto" },
      declared: ["toolConfig.functionCallingConfig.streamFunctionCallArguments"],
    },
  ])("reads the choice $config", ({ config, choice, declared = [] }) => {
    const body = { toolConfig: { functionCallingConfig: config } };
    expect(callOf(body).toolChoice).toEqual(choice);
    expect(notesOf(body)).toMatchObject(declared.map((subject) => ({ subject })));
  });
});

describe("decodeGemini: settings", () => {
  it("rule 23: reads sampling in either spelling", () => {
    const camel = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      candidateCount: 2,
      maxOutputTokens: 100,
      stopSequences: ["a", "b"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
    };
    const snake = Object.fromEntries(
      Object.entries(camel).map(([name, value]) => [
        name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
        value,
      ]),
    );
    const sampling = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      choices: 2,
      outputTokensMax: 100,
      stop: ["a", "b"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      logprobs: 3,
    };
    expect(callOf({ generationConfig: camel }).sampling).toEqual(sampling);
    expect(callOf({ generation_config: snake }).sampling).toEqual(sampling);
  });

  it.for([
    { config: { stopSequences: [] }, sampling: {} },
    { config: { stopSequences: "x" }, sampling: { stop: ["x"] } },
    { config: { responseLogprobs: true }, sampling: { logprobs: 0 } },
    { config: { responseLogprobs: false }, sampling: {} },
    { config: { temperature: "0.5" }, sampling: { temperature: 0.5 } },
    { config: { topK: null }, sampling: {} },
  ])("rule 24: reads $config", ({ config, sampling }) => {
    expect(callOf({ generationConfig: config }).sampling).toEqual(sampling);
  });

  it.for<{ config: object; output: Call["output"] }>([
    { config: {}, output: undefined },
    { config: { responseMimeType: "text/plain" }, output: undefined },
    { config: { responseMimeType: "application/json" }, output: { kind: "json" } },
    {
      config: { responseMimeType: "application/json", responseSchema: { type: "OBJECT", title: "Dog" } },
      output: { kind: "schema", name: "Dog", schema: { type: "object", title: "Dog" }, strict: true },
    },
    {
      config: {
        response_mime_type: "application/json",
        response_json_schema: { type: "object", title: "a dog" },
      },
      output: { kind: "schema", name: "answer", schema: { type: "object", title: "a dog" }, strict: true },
    },
    {
      config: { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["A"] } },
      output: undefined,
    },
  ])("reads the output form $config", ({ config, output }) => {
    expect(callOf({ generationConfig: config }).output).toEqual(output);
  });

  it.for<{ thinkingConfig: object | undefined; reasoning: Call["reasoning"] }>([
    { thinkingConfig: undefined, reasoning: { show: "omitted" } },
    { thinkingConfig: { includeThoughts: true }, reasoning: { show: "summary" } },
    { thinkingConfig: { include_thoughts: false }, reasoning: { show: "omitted" } },
    { thinkingConfig: { thinkingBudget: 0 }, reasoning: { effort: "none", show: "omitted" } },
    { thinkingConfig: { thinkingBudget: -1 }, reasoning: { adaptive: true, show: "omitted" } },
    { thinkingConfig: { thinking_budget: 2048 }, reasoning: { budgetTokens: 2048, show: "omitted" } },
    { thinkingConfig: { thinkingLevel: "MINIMAL" }, reasoning: { effort: "minimal", show: "omitted" } },
    { thinkingConfig: { thinking_level: "low" }, reasoning: { effort: "low", show: "omitted" } },
    { thinkingConfig: { thinkingLevel: "MEDIUM" }, reasoning: { effort: "medium", show: "omitted" } },
    { thinkingConfig: { thinkingLevel: "HIGH" }, reasoning: { effort: "high", show: "omitted" } },
    { thinkingConfig: { thinkingLevel: "THINKING_LEVEL_UNSPECIFIED" }, reasoning: { show: "omitted" } },
  ])("rule 18: reads $thinkingConfig", ({ thinkingConfig, reasoning }) => {
    expect(callOf({ generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning);
  });

  it("reads tier and labels, and what the target says", () => {
    const body = { contents: [], serviceTier: "FLEX", labels: { team: "a" }, model: "models/other" };
    const target = { model: "m", isStream: true, streamForm: "sse" } as const;
    expect(decode(body, target)).toMatchObject({
      kind: "call",
      call: { model: "m", isStream: true, wantsUsage: true, tier: "flex", metadata: { team: "a" } },
    });
  });

  it("keeps what has no canonical form as its text, by its camelCase name, and our own member nowhere", () => {
    const decoding =
      decode(`{"contents":[],"safety_settings":[ {"threshold":"BLOCK_NONE"} ],"cachedContent":"c",
      "generationConfig":{"temperature":1,"speechConfig":{"rate":1.0},"responseModalities":["TEXT"],"mediaResolution":null},
      "toolConfig":{"retrievalConfig":{"languageCode":"de"}},"systemInstruction":{},"sallyport":{"labels":{}}}`);
    expect(decoding.kind === "call" && [...decoding.call.extensions]).toEqual([
      ["safetySettings", new RawJson('[ {"threshold":"BLOCK_NONE"} ]')],
      ["cachedContent", new RawJson('"c"')],
      ["generationConfig.speechConfig", new RawJson('{"rate":1.0}')],
      ["toolConfig.retrievalConfig", new RawJson('{"languageCode":"de"}')],
    ]);
  });

  it("keeps a form that only Gemini has with its schema, and asks for pictures aloud", () => {
    const { extensions } = callOf({
      generationConfig: {
        responseMimeType: "text/x.enum",
        responseSchema: { enum: ["A"] },
        responseModalities: ["TEXT", "IMAGE"],
      },
    });
    expect([...extensions.keys()]).toEqual([
      "generationConfig.responseMimeType",
      "generationConfig.responseSchema",
      "generationConfig.responseModalities",
    ]);
  });
});

describe("decodeGemini: faults", () => {
  it.for<{ body: object; path: string; got?: string }>([
    { body: { contents: "hi" }, path: "contents", got: 'the string "hi"' },
    { body: { contents: [7] }, path: "contents[0]", got: "the number 7" },
    {
      body: { contents: [{ role: "assistant", parts: [] }] },
      path: "contents[0].role",
      got: 'the string "assistant"',
    },
    { body: { contents: [user({})] }, path: "contents[0].parts[0].text", got: "nothing" },
    { body: { contents: [user({ text: 7 })] }, path: "contents[0].parts[0].text" },
    {
      body: { contents: [user({ inline_data: { data: "AA==" } })] },
      path: "contents[0].parts[0].inline_data.mimeType",
    },
    {
      body: { contents: [user({ inlineData: { mimeType: "image/png" } })] },
      path: "contents[0].parts[0].inlineData.data",
    },
    {
      body: { contents: [model({ functionCall: { args: {} } })] },
      path: "contents[0].parts[0].functionCall.name",
    },
    {
      body: { contents: [model({ function_call: { name: "f", args: "{}" } })] },
      path: "contents[0].parts[0].function_call.args",
    },
    {
      body: { contents: [user({ functionResponse: { name: "f", response: "ok" } })] },
      path: "contents[0].parts[0].functionResponse.response",
    },
    { body: { tools: [{ functionDeclarations: [{}] }] }, path: "tools[0].functionDeclarations[0].name" },
    {
      body: { tools: [{ functionDeclarations: [{ name: "f", parameters: "object" }] }] },
      path: "tools[0].functionDeclarations[0].parameters",
    },
    {
      body: { toolConfig: { functionCallingConfig: { mode: "SOME" } } },
      path: "toolConfig.functionCallingConfig.mode",
    },
    { body: { generationConfig: { temperature: "hot" } }, path: "generationConfig.temperature" },
    { body: { generationConfig: { stop_sequences: [1] } }, path: "generationConfig.stop_sequences" },
    { body: { generationConfig: { maxOutputTokens: 1.5 } }, path: "generationConfig.maxOutputTokens" },
    {
      body: { generationConfig: { thinkingConfig: { thinkingBudget: -2 } } },
      path: "generationConfig.thinkingConfig.thinkingBudget",
    },
    {
      body: { generationConfig: { thinkingConfig: { thinkingLevel: "MAX" } } },
      path: "generationConfig.thinkingConfig.thinkingLevel",
    },
    { body: { generationConfig: { responseSchema: "x" } }, path: "generationConfig.responseSchema" },
  ])("names $path", ({ body, path, got }) => {
    const problem = notesOf(body)[0];
    expect(problem).toMatchObject({ path, ...(got !== undefined && { got }) });
    expect(isJsonObject(problem) && problem["expected"]).toBeTypeOf("string");
  });

  it("tells all faults of a body, and every one of its JSON", () => {
    expect(notesOf({ contents: [user({}), { role: "x" }], tools: [1] })).toHaveLength(3);
    for (const body of ["[]", "{", '{"contents":[],"tools":[],"tools":[]}', '{"contents":["\\x"]}'])
      expect(decode(body)).toMatchObject({ kind: "invalid" });
  });

  it("refuses bytes that are not UTF-8", () => {
    const body = Buffer.from('{"contents":[{"parts":[{"text":"\xff"}]}]}', "latin1");
    expect(decodeGemini(body, { target: { model: "m" } })).toMatchObject({
      kind: "invalid",
      problems: [{ path: "", got: "bytes that are not UTF-8" }],
    });
  });

  it("declares members of known objects that it does not know, not those that are null", () => {
    const body = {
      contents: [{ role: "user", parts: [{ text: "a", thought: null }], color: 1, shade: null }],
    };
    expect(notesOf(body)).toEqual([{ kind: "dropped", subject: "contents[0].color" }]);
  });
});
