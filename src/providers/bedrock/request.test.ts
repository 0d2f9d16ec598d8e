import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { RequestContext } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { bedrockConverse } from "./index.ts";

const models = {
  sonnet37: "anthropic.claude-3-7-sonnet-20250219-v1:0",
  sonnet45: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  opus46: "global.anthropic.claude-opus-4-6-v1",
  opus48: "eu.anthropic.claude-opus-4-8",
  nova: "us.amazon.nova-lite-v1:0",
  nova2: "us.amazon.nova-2-lite-v1:0",
  llama: "us.meta.llama3-3-70b-instruct-v1:0",
  mistral: "mistral.mistral-large-2402-v1:0",
  oss: "openai.gpt-oss-120b-1:0",
  gpt: "us.openai.gpt-5.4",
  profile: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
} as const;

type Sent = ReturnType<typeof send>;

function send(
  changes: Partial<Call>,
  model: string = models.sonnet45,
  context: Partial<RequestContext> = {},
) {
  const encoded = bedrockConverse.encodeRequest(chatCall(changes), { model, ...context });
  if (encoded.kind === "refused") throw encoded.error;
  const body = JSON.parse(encoded.body);
  return { body, text: encoded.body, warnings: encoded.warnings };
}

function refusal(changes: Partial<Call>, model: string = models.sonnet45) {
  const encoded = bedrockConverse.encodeRequest(chatCall(changes), { model });
  if (encoded.kind === "request") return undefined;
  return { code: encoded.error.code, param: encoded.error.facts.param };
}

const text = (value: string): Part => ({ kind: "text", text: value });
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const toolCall = (id: string, argumentsText = "{}", name = "f"): Part => ({
  kind: "tool-call",
  id,
  name,
  argumentsText,
});
const toolResult = (callId: string, ...content: readonly Part[]): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content,
});
const f = { kind: "function", name: "f", parameters: { type: "object", properties: {} } } as const;
const dropped = (subject: string) => expect.objectContaining({ kind: "dropped", subject });

describe("the path", () => {
  it.for([
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      false,
      "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
    ],
    ["amazon.nova-lite-v1:0", true, "/model/amazon.nova-lite-v1%3A0/converse-stream"],
    [
      "arn:aws:bedrock:us-east-1:012345678901:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
      false,
      "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A012345678901%3Ainference-profile%2Fus.anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse",
    ],
    ["a!b'(c)*", false, "/model/a%21b%27%28c%29%2A/converse"],
  ] as const)("of %s, streaming %s, is percent-encoded as AWS wants it", ([model, isStream, path]) => {
    expect(bedrockConverse.pathOf({ model, isStream, streamForm: "sse" })).toBe(path);
  });

  it.for(["us.", "eu.", "apac.", "global.", ""])(
    "rule 66: keeps the prefix %j of the model's id, which decides region and price",
    (prefix) => {
      const shape = {
        model: `${prefix}anthropic.claude-opus-4-8`,
        isStream: false,
        streamForm: "sse",
      } as const;
      expect(bedrockConverse.pathOf(shape)).toBe(`/model/${shape.model}/converse`);
    },
  );

  it("has the model, which is not in the body", () => {
    expect(send({ isStream: true }).body).toEqual({
      messages: [{ role: "user", content: [{ text: "hi" }] }],
    });
    const facts = { model: "m", isStream: false, wantsUsage: true };
    expect(bedrockConverse.splices(facts, { model: "n" })).toEqual([]);
    expect(bedrockConverse.framingOf("sse")).toBe("aws-event-stream");
  });
});

describe("messages", () => {
  it("has system text, wherever it stood, before the conversation", () => {
    const { body, warnings } = send({
      instructions: [text("a"), text(" ")],
      turns: [user(text("b")), { role: "developer", parts: [text("c")] }, user(text("d"))],
    });
    expect(body).toEqual({
      messages: [{ role: "user", content: [{ text: "b" }, { text: "d" }] }],
      system: [{ text: "a" }, { text: "c" }],
    });
    expect(warnings).toMatchObject([{ kind: "changed", subject: "developer message" }]);
  });

  it("rule 30: omits blank text, and messages of nothing else", () => {
    const { body, warnings } = send({
      turns: [user(text("a"), text(" \n")), assistant(text("")), user(text("b"))],
    });
    expect(body["messages"]).toEqual([{ role: "user", content: [{ text: "a" }, { text: "b" }] }]);
    expect(warnings).toEqual([dropped("assistant message")]);
    expect(refusal({ turns: [user(text(" "))] })).toEqual({ code: "unsupported_content", param: "messages" });
  });

  it("rule 28: has all results of an assistant turn first in one user message", () => {
    const { body } = send({
      tools: [f],
      turns: [
        user(text("q")),
        assistant(toolCall("a"), toolCall("b")),
        user(text("and"), toolResult("b", text("2"))),
        user(toolResult("a", text("1"))),
      ],
    });
    expect(body["messages"][2]).toEqual({
      role: "user",
      content: [
        { toolResult: { toolUseId: "b", content: [{ text: "2" }] } },
        { toolResult: { toolUseId: "a", content: [{ text: "1" }] } },
        { text: "and" },
      ],
    });
  });

  it("rule 29: has calls last in assistant content", () => {
    const { body } = send({
      tools: [f],
      turns: [user(text("q")), assistant(toolCall("a"), text("t")), user(toolResult("a"))],
    });
    expect(Object.keys(body["messages"][1].content[0])).toEqual(["text"]);
    expect(Object.keys(body["messages"][1].content[1])).toEqual(["toolUse"]);
  });

  it("refuses to continue an assistant message where the model does not", () => {
    const turns = [user(text("q")), assistant(text("I"))];
    expect(refusal({ turns }, models.opus46)).toEqual({ code: "unsupported_content", param: "messages" });
    expect(send({ turns }, models.sonnet45).body["messages"]).toHaveLength(2);
  });

  it("rule 5: nothing of ours is in the body of a plain conversation", () => {
    expect(
      send({ instructions: [text("s")], turns: [user(text("a")), assistant(text("b")), user(text("c"))] })
        .text,
    ).toBe(
      '{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"c"}]}],"system":[{"text":"s"}]}',
    );
  });

  it("declares what has no place: names, the image's detail", () => {
    const image: Part = {
      kind: "image",
      source: { kind: "base64", data: "AA" },
      mediaType: "image/png",
      detail: "high",
    };
    const { warnings } = send({ turns: [{ ...user(image), name: "ann" }] });
    expect(warnings).toEqual([dropped("name"), dropped("image_url.detail")]);
  });
});

describe("media", () => {
  it.for<{ readonly part: Part; readonly block: object }>([
    {
      part: { kind: "image", source: { kind: "base64", data: "AA" }, mediaType: "image/jpg" },
      block: { image: { format: "jpeg", source: { bytes: "AA" } } },
    },
    {
      part: { kind: "image", source: { kind: "url", url: "s3://b/k.WEBP" } },
      block: { image: { format: "webp", source: { s3Location: { uri: "s3://b/k.WEBP" } } } },
    },
    {
      part: { kind: "document", source: { kind: "base64", data: "AA" }, mediaType: "application/pdf" },
      block: { document: { format: "pdf", name: "document-1", source: { bytes: "AA" } } },
    },
    {
      part: {
        kind: "document",
        source: { kind: "base64", data: "AA" },
        mediaType: "text/csv; charset=utf-8",
        title: "T (1) [x]-y",
      },
      block: { document: { format: "csv", name: "T (1) [x]-y", source: { bytes: "AA" } } },
    },
    {
      part: { kind: "document", source: { kind: "text", text: "grüß" }, title: "t" },
      block: {
        document: { format: "txt", name: "t", source: { bytes: Buffer.from("grüß").toString("base64") } },
      },
    },
    {
      part: { kind: "video", source: { kind: "base64", data: "AA" }, mediaType: "video/quicktime" },
      block: { video: { format: "mov", source: { bytes: "AA" } } },
    },
    {
      part: { kind: "audio", source: { kind: "base64", data: "AA" }, mediaType: "audio/mpeg" },
      block: { audio: { format: "mp3", source: { bytes: "AA" } } },
    },
  ])("writes $part.kind $part.mediaType", ({ part, block }) => {
    const { body, warnings } = send({ turns: [user(part)] });
    expect(body["messages"][0].content).toEqual([block]);
    expect(warnings).toEqual([]);
  });

  it("gives documents names of the characters that are taken, no two the same", () => {
    const file = (title?: string): Part => ({
      kind: "document",
      source: { kind: "text", text: "x" },
      ...(title === undefined ? {} : { title }),
    });
    const { body, warnings } = send({
      turns: [user(file("a.b"), file("a.b"), file(), file("  ü  "), file())],
    });
    const names = body["messages"][0].content.map(
      (block: { document: { name: string } }) => block.document.name,
    );
    expect(names).toEqual(["a-b", "a-b-2", "document-1", "-", "document-2"]);
    expect(warnings).toMatchObject([{ kind: "changed", subject: "document title" }]);
  });

  it("sends other text as plain text, and says so", () => {
    const part: Part = {
      kind: "document",
      source: { kind: "base64", data: "e30=" },
      mediaType: "application/json",
    };
    const { body, warnings } = send({ turns: [user(part)] });
    expect(body["messages"][0].content[0].document.format).toBe("txt");
    expect(warnings).toMatchObject([{ kind: "changed", subject: "document" }]);
  });

  it.for<{ readonly name: string; readonly turn: Turn }>([
    {
      name: "an image by its URL",
      turn: user({ kind: "image", source: { kind: "url", url: "https://a/b.png" }, mediaType: "image/png" }),
    },
    {
      name: "an image of a type Converse has not",
      turn: user({ kind: "image", source: { kind: "base64", data: "" }, mediaType: "image/bmp" }),
    },
    { name: "an image of no type", turn: user({ kind: "image", source: { kind: "base64", data: "" } }) },
    {
      name: "a file kept elsewhere",
      turn: user({ kind: "document", source: { kind: "file", id: "f" }, mediaType: "application/pdf" }),
    },
    {
      name: "a document of a binary type",
      turn: user({ kind: "document", source: { kind: "base64", data: "" }, mediaType: "application/zip" }),
    },
    {
      name: "an assistant's image",
      turn: assistant({ kind: "image", source: { kind: "base64", data: "" }, mediaType: "image/png" }),
    },
    {
      name: "another provider's opaque part",
      turn: user({ kind: "opaque", type: "x", origin: "openai-chat", raw: new RawJson("{}") }),
    },
    {
      name: "a result with a sound",
      turn: user(
        toolResult("a", { kind: "audio", source: { kind: "base64", data: "" }, mediaType: "audio/wav" }),
      ),
    },
    {
      name: "an image among the system text",
      turn: {
        role: "system",
        parts: [{ kind: "image", source: { kind: "base64", data: "" }, mediaType: "image/png" }],
      },
    },
  ])("refuses $name", ({ turn }) => {
    expect(refusal({ turns: [user(text("q")), turn] })?.code).toBe("unsupported_content");
  });

  it("passes a block of its own kind as it stands", () => {
    const raw = new RawJson('{ "guardContent" : {"n":1.0} }');
    expect(
      send({ turns: [user({ kind: "opaque", type: "guardContent", origin: "bedrock-converse", raw })] }).text,
    ).toContain(raw.text);
  });
});

interface Named {
  readonly toolUse?: { readonly toolUseId: string };
  readonly toolResult?: { readonly toolUseId: string };
}

describe("tool calls and results", () => {
  const history = (argumentsText: string, model: string = models.sonnet45): Sent =>
    send(
      {
        tools: [f],
        turns: [user(text("q")), assistant(toolCall("call_1", argumentsText)), user(toolResult("call_1"))],
      },
      model,
    );

  it("rule 2: keeps the text of any arguments that are an object", () => {
    for (const argumentsText of [
      '{"n":9007199254740993}',
      '{ "x" : 1.0, "y":-0,"z":1e400 }',
      '{"a":"\\ud800","a":1}',
    ]) {
      expect(history(argumentsText).text).toContain(`"input":${argumentsText}}`);
    }
    const objects = fc.json().filter((json) => json.startsWith("{"));
    fc.assert(fc.property(objects, (json) => history(json).text.includes(`"input":${json}}`)));
  });

  it.for([
    ["", "{}"],
    [" ", "{}"],
    ['{"half": tr', '{"arguments":"{\\"half\\": tr"}'],
    ["[1,2]", '{"arguments":"[1,2]"}'],
    ['"text"', '{"arguments":"\\"text\\""}'],
  ] as const)("rule 36: arguments %j are the object %s", ([argumentsText, input]) => {
    const { text: body, warnings } = history(argumentsText);
    expect(body).toContain(`"input":${input}}`);
    const isWrapped = input.startsWith('{"arguments"');
    expect(warnings.map(({ subject }) => subject)).toEqual(isWrapped ? ["tool call f"] : []);
  });

  it("rule 34: ids have the form that the target takes, the same on replay, two ids never the same", () => {
    const idsOf = (ids: readonly string[], model: string): readonly string[] =>
      send(
        {
          tools: [f],
          turns: [
            user(text("q")),
            assistant(...ids.map((id) => toolCall(id))),
            user(...ids.map((id) => toolResult(id))),
          ],
        },
        model,
      ).body["messages"].flatMap(({ content }: { readonly content: readonly Named[] }) =>
        content.flatMap(({ toolUse, toolResult: given }) => toolUse?.toolUseId ?? given?.toolUseId ?? []),
      );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...Object.values(models)),
        (ids, model) => {
          const written = idsOf(ids, model);
          const calls = written.slice(0, ids.length);
          expect(written.slice(ids.length)).toEqual(calls);
          expect(new Set(calls).size).toBe(ids.length);
          const form = model === models.mistral ? /^[a-zA-Z0-9]{9}$/ : /^[a-zA-Z0-9_-]{1,64}$/;
          for (const id of calls) expect(id).toMatch(form);
          expect(idsOf(ids, model)).toEqual(written);
        },
      ),
    );
    expect(idsOf(["tooluse_JZ11QcxSQ3m3xacMQKVIKw"], models.nova)[0]).toBe("tooluse_JZ11QcxSQ3m3xacMQKVIKw");
    expect(idsOf(["abc123XYZ"], models.mistral)[0]).toBe("abc123XYZ");
    // An id that looks like the hash of another one.
    const [hash = ""] = idsOf(["ä"], models.nova);
    expect(new Set(idsOf(["ä", hash], models.nova)).size).toBe(2);
  });

  it("rule 65: tells that a result is an error where the family has a word for it", () => {
    const failed: Part = { kind: "tool-result", callId: "a", isError: true, content: [text("no")] };
    const turns = [user(text("q")), assistant(toolCall("a")), user(failed)];
    for (const model of [models.sonnet45, models.nova, models.profile]) {
      const { body, warnings } = send({ tools: [f], turns }, model);
      expect(body["messages"][2].content[0].toolResult.status).toBe("error");
      expect(warnings).toEqual([]);
    }
    const { body, warnings } = send({ tools: [f], turns }, models.llama);
    expect(body["messages"][2].content[0].toolResult).not.toHaveProperty("status");
    expect(warnings).toEqual([dropped("is_error")]);
  });

  it("has images and documents in results", () => {
    const image: Part = { kind: "image", source: { kind: "base64", data: "AA" }, mediaType: "image/png" };
    const { body } = send({
      tools: [f],
      turns: [user(text("q")), assistant(toolCall("a")), user(toolResult("a", text("see"), image))],
    });
    expect(body["messages"][2].content[0].toolResult.content).toEqual([
      { text: "see" },
      { image: { format: "png", source: { bytes: "AA" } } },
    ]);
  });
});

describe("rules 7, 8, 9 and 17: reasoning in the history", () => {
  const reasoning = (value: string, changes: Partial<Extract<Part, { kind: "reasoning" }>> = {}): Part => ({
    kind: "reasoning",
    text: value,
    isRedacted: false,
    seal: { origin: "bedrock-converse", value: "sig" },
    ...changes,
  });
  const contentOf = (...parts: readonly Part[]): Sent =>
    send({ tools: [f], turns: [user(text("q")), assistant(...parts), user(toolResult("a"))] });

  it("goes back unmodified, in order, with its signature, before the calls", () => {
    const { body, warnings } = contentOf(reasoning(" r "), text("t"), toolCall("a"));
    expect(body["messages"][1].content).toEqual([
      { reasoningContent: { reasoningText: { text: " r ", signature: "sig" } } },
      { text: "t" },
      { toolUse: { toolUseId: "a", name: "f", input: {} } },
    ]);
    expect(warnings).toEqual([]);
  });

  it("rule 8: goes back with its signature although its text is withheld", () => {
    expect(contentOf(reasoning(""), toolCall("a")).body["messages"][1].content[0]).toEqual({
      reasoningContent: { reasoningText: { text: "", signature: "sig" } },
    });
  });

  it("rule 9: goes back redacted, never as text", () => {
    expect(
      contentOf(reasoning("", { isRedacted: true }), toolCall("a")).body["messages"][1].content[0],
    ).toEqual({
      reasoningContent: { redactedContent: "sig" },
    });
  });

  it("rule 17: of another vendor, or unsigned, it becomes nothing, declared", () => {
    const { seal: _, ...unsigned } = reasoning("mine") as Extract<Part, { kind: "reasoning" }>;
    for (const part of [
      unsigned,
      reasoning("theirs", { seal: { origin: "anthropic-messages", value: "sig" } }),
    ]) {
      const { text: body, warnings } = contentOf(part, toolCall("a"));
      expect(body).not.toContain(part.kind === "reasoning" ? part.text : "");
      expect(body).not.toContain("sig");
      expect(warnings).toEqual([dropped("reasoning")]);
    }
  });
});

describe("tools", () => {
  it("rule 6: keep their order, with a schema that has a type", () => {
    const { body } = send({
      tools: [
        { kind: "function", name: "b", description: "does b", parameters: { properties: { x: {} } } },
        { kind: "function", name: "a", description: "" },
      ],
    });
    expect(body["toolConfig"]).toEqual({
      tools: [
        {
          toolSpec: {
            name: "b",
            description: "does b",
            inputSchema: { json: { type: "object", properties: { x: {} } } },
          },
        },
        { toolSpec: { name: "a", inputSchema: { json: { type: "object" } } } },
      ],
    });
  });

  it("are strict where the model takes it, else that is declared", () => {
    const tools = [{ ...f, strict: true }];
    expect(send({ tools }, models.sonnet45).body["toolConfig"].tools[0].toolSpec.strict).toBe(true);
    for (const model of [models.sonnet37, models.opus48]) {
      const { body, warnings } = send({ tools }, model);
      expect(body["toolConfig"].tools[0].toolSpec).not.toHaveProperty("strict");
      expect(warnings).toEqual([dropped("tool f strict")]);
    }
  });

  it("of free text are emulated by one text", () => {
    const called: Part = {
      kind: "tool-call",
      id: "a",
      name: "patch",
      argumentsText: 'a "b"',
      isCustom: true,
    };
    const { body, warnings } = send({
      tools: [
        { kind: "custom", name: "patch", description: "d", format: { type: "grammar", syntax: "lark" } },
      ],
      turns: [user(text("q")), assistant(called), user(toolResult("a"))],
    });
    expect(body["toolConfig"].tools[0].toolSpec).toEqual({
      name: "patch",
      description: "d",
      inputSchema: {
        json: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
      },
    });
    expect(body["messages"][1].content[0].toolUse.input).toEqual({ input: 'a "b"' });
    expect(warnings).toMatchObject([
      { kind: "emulated", subject: "custom tool patch" },
      { kind: "dropped", subject: "custom tool patch format" },
    ]);
  });

  it("that only their own dialect knows are refused", () => {
    const tools = [{ kind: "opaque", type: "web_search", raw: {} }] as const;
    expect(refusal({ tools })).toEqual({ code: "unsupported_parameter", param: "tools" });
  });

  it.for<{ readonly choice: Call["toolChoice"]; readonly sent: unknown }>([
    { choice: { kind: "auto" }, sent: undefined },
    { choice: { kind: "any" }, sent: { any: {} } },
    { choice: { kind: "named", name: "f" }, sent: { tool: { name: "f" } } },
    { choice: { kind: "among", names: ["g"], isRequired: true }, sent: { tool: { name: "g" } } },
    { choice: { kind: "among", names: ["f", "g"], isRequired: true }, sent: { any: {} } },
    { choice: { kind: "among", names: ["g", "f"], isRequired: false }, sent: undefined },
  ])("choice $choice is $sent", ({ choice, sent }) => {
    const tools = [f, { ...f, name: "g" }];
    expect(send({ tools, ...(choice && { toolChoice: choice }) }).body["toolConfig"].toolChoice).toEqual(
      sent,
    );
  });

  it.for([
    { isRequired: false, choice: undefined },
    { isRequired: true, choice: { any: {} } },
  ])(
    "cannot be limited to some: the answer is looked at instead (required: $isRequired)",
    ({ isRequired, choice }) => {
      const toolChoice = { kind: "among", names: ["f", "h"], isRequired } as const;
      const call = chatCall({ tools: [f, { ...f, name: "g" }, { ...f, name: "h" }], toolChoice });
      const encoded = bedrockConverse.encodeRequest(call, { model: models.sonnet45 });
      expect(encoded).toMatchObject({
        emulation: { toolsAmong: ["f", "h"] },
        warnings: [{ kind: "emulated", subject: "tool_choice" }],
      });
      const body = encoded.kind === "request" ? JSON.parse(encoded.body) : undefined;
      expect(body.toolConfig.toolChoice).toEqual(choice);
      expect(body.toolConfig.tools).toHaveLength(3);
    },
  );

  it("without any, nothing is said of choices", () => {
    expect(send({ toolChoice: { kind: "any" }, parallelTools: false }).body).not.toHaveProperty("toolConfig");
    expect(send({ parallelTools: false }).body).not.toHaveProperty("additionalModelRequestFields");
  });

  it("one at a time: Claude's own field, with a type only where Converse has none", () => {
    const { body } = send({ tools: [f], parallelTools: false });
    expect(body["additionalModelRequestFields"]).toEqual({
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    const forced = send({ tools: [f], parallelTools: false, toolChoice: { kind: "any" } });
    expect(forced.body["additionalModelRequestFields"]).toEqual({
      tool_choice: { disable_parallel_tool_use: true },
    });
    const nova = send({ tools: [f], parallelTools: false }, models.nova);
    expect(nova.body).not.toHaveProperty("additionalModelRequestFields");
    expect(nova.warnings).toEqual([dropped("parallel_tool_calls")]);
  });
});

describe("rule 39: toolConfig", () => {
  const turns = [
    user(text("q")),
    assistant(toolCall("a", "{}", "one"), toolCall("b", "{}", "two")),
    user(toolResult("a"), toolResult("b")),
  ];

  it("declares the tools that the history names when none are given", () => {
    const { body, warnings } = send({ turns });
    expect(body["toolConfig"]).toEqual({
      tools: [
        { toolSpec: { name: "one", inputSchema: { json: { type: "object" } } } },
        { toolSpec: { name: "two", inputSchema: { json: { type: "object" } } } },
      ],
    });
    expect(warnings).toMatchObject([{ kind: "changed", subject: "tools" }]);
  });

  it("declares a tool that only a result names", () => {
    const named: Part = { kind: "tool-result", callId: "x", name: "three", isError: false, content: [] };
    expect(send({ turns: [user(named)] }).body["toolConfig"].tools[0].toolSpec.name).toBe("three");
  });

  it("has no mode none: without tools in the history they are left out, with them that is declared", () => {
    const toolChoice = { kind: "none" } as const;
    const plain = send({ tools: [f], toolChoice });
    expect(plain.body).not.toHaveProperty("toolConfig");
    expect(plain.warnings).toMatchObject([{ kind: "changed", subject: "tool_choice" }]);
    const open = send({ tools: [f], toolChoice, turns });
    expect(open.body["toolConfig"]).toEqual({
      tools: [{ toolSpec: { name: "f", inputSchema: { json: f.parameters } } }],
    });
    expect(open.warnings).toEqual([dropped("tool_choice")]);
  });
});

describe("cache marks", () => {
  const marked = (value: string, ttl?: "5m" | "1h"): Part => ({
    kind: "text",
    text: value,
    cache: ttl === undefined ? {} : { ttl },
  });
  const point = { cachePoint: { type: "default" } };

  it("are cache points behind what is marked", () => {
    const { body, warnings } = send({
      tools: [
        { ...f, cache: {} },
        { ...f, name: "g" },
      ],
      instructions: [marked("s", "1h")],
      turns: [
        user(marked("a", "5m"), text("b")),
        assistant(text("c")),
        user({ ...toolResult("x", marked("r")) }),
      ],
    });
    expect(body["toolConfig"].tools).toMatchObject([
      { toolSpec: { name: "f" } },
      point,
      { toolSpec: { name: "g" } },
    ]);
    expect(body["system"]).toEqual([{ text: "s" }, { cachePoint: { type: "default", ttl: "1h" } }]);
    expect(body["messages"][0].content).toEqual([{ text: "a" }, point, { text: "b" }]);
    expect(body["messages"][2].content).toEqual([
      { toolResult: { toolUseId: "x", content: [{ text: "r" }] } },
      point,
    ]);
    expect(warnings).toEqual([]);
  });

  it("go with the block that is moved", () => {
    const result = { ...toolResult("a"), cache: {} };
    const { body } = send({
      tools: [f],
      turns: [user(text("q")), assistant(toolCall("a")), user(marked("t"), result)],
    });
    expect(body["messages"][2].content).toEqual([
      { toolResult: { toolUseId: "a", content: [] } },
      point,
      { text: "t" },
      point,
    ]);
  });

  it("beyond four are dropped from the front, declared", () => {
    const { body, warnings } = send({
      tools: [{ ...f, cache: {} }],
      instructions: [marked("s")],
      turns: [user(marked("a"), marked("b")), assistant(marked("c")), user(marked("d"))],
    });
    expect(body["toolConfig"].tools).toHaveLength(1);
    expect(body["system"]).toEqual([{ text: "s" }]);
    expect(JSON.stringify(body["messages"]).split("cachePoint")).toHaveLength(5);
    expect(warnings).toEqual([{ kind: "dropped", subject: "cache_control", note: "the first 2 of 6" }]);
  });

  it("rule 30: are never on blank text", () => {
    const { body, warnings } = send({ turns: [user(text("a"), marked(" "))] });
    expect(body["messages"][0].content).toEqual([{ text: "a" }]);
    expect(warnings).toEqual([dropped("cache_control")]);
  });

  it("rule 65: follow the family", () => {
    const call = { tools: [{ ...f, cache: {} }], turns: [user(marked("a", "1h"))] };
    const nova = send(call, models.nova);
    expect(nova.body["toolConfig"].tools).toHaveLength(1);
    expect(nova.body["messages"][0].content).toEqual([{ text: "a" }, point]);
    expect(nova.warnings).toMatchObject([
      { kind: "dropped", subject: "cache_control", note: "this model takes none on tools" },
      { kind: "changed", subject: "cache_control.ttl" },
    ]);
    const llama = send(call, models.llama);
    expect(llama.text).not.toContain("cachePoint");
    expect(llama.warnings).toEqual([dropped("cache_control")]);
    expect(send(call, models.profile).body["messages"][0].content[1]).toEqual({
      cachePoint: { type: "default", ttl: "1h" },
    });
  });
});

describe("inference parameters", () => {
  it("rule 21: the output limit is the client's; without one it is the model's own, no constant", () => {
    expect(send({ sampling: { outputTokensMax: 7 } }).body["inferenceConfig"]).toEqual({ maxTokens: 7 });
    expect(send({}, models.sonnet45, { outputTokensMax: 64_000 }).body).not.toHaveProperty("inferenceConfig");
  });

  it("clamps temperature, declared", () => {
    const { body, warnings } = send({ sampling: { temperature: 1.7, topP: 0.5 } }, models.nova);
    expect(body["inferenceConfig"]).toEqual({ temperature: 1, topP: 0.5 });
    expect(warnings).toEqual([{ kind: "clamped", subject: "temperature", note: "to 1" }]);
  });

  it("rule 20: never temperature and top_p both to Claude, and none of them from 4.7 on", () => {
    const sampling = { temperature: 0.3, topP: 0.5, topK: 5 };
    const older = send({ sampling });
    expect(older.body["inferenceConfig"]).toEqual({ temperature: 0.3 });
    expect(older.body["additionalModelRequestFields"]).toEqual({ top_k: 5 });
    expect(older.warnings).toEqual([dropped("top_p")]);
    const newer = send({ sampling }, models.opus48);
    expect(newer.body).toEqual({ messages: [{ role: "user", content: [{ text: "hi" }] }] });
    expect(newer.warnings).toEqual([dropped("temperature"), dropped("top_p"), dropped("top_k")]);
    expect(send({ sampling: { temperature: 1, topP: 1 } }, models.opus48).warnings).toEqual([]);
  });

  it("top_k has a field for Claude only", () => {
    expect(send({ sampling: { topK: 5 } }, models.nova).warnings).toEqual([dropped("top_k")]);
  });

  it("rule 24: stop sequences", () => {
    const { body } = send({ sampling: { stop: ["|", " "] } }, models.nova);
    expect(body["inferenceConfig"]).toEqual({ stopSequences: ["|", " "] });
    expect(body).not.toHaveProperty("additionalModelResponseFieldPaths");
    const claude = send({ sampling: { stop: ["|", " "] } });
    expect(claude.body["inferenceConfig"]).toEqual({ stopSequences: ["|"] });
    expect(claude.body["additionalModelResponseFieldPaths"]).toEqual([
      "/stop_sequence",
      "/delta/stop_sequence",
    ]);
    expect(claude.warnings).toEqual([dropped("stop")]);
    expect(send({ sampling: { stop: [] } }).body).not.toHaveProperty("inferenceConfig");
    const many = Array.from({ length: 2501 }, (_, index) => `s${index}`);
    expect(refusal({ sampling: { stop: many } })).toEqual({ code: "unsupported_parameter", param: "stop" });
  });

  it("rule 23: what Converse has no word for is declared, or refused", () => {
    const sampling = { seed: 1, presencePenalty: 0, frequencyPenalty: 1, choices: 1, logitBias: {} };
    expect(send({ sampling }).warnings).toEqual([
      dropped("seed"),
      dropped("presence_penalty"),
      dropped("frequency_penalty"),
    ]);
    expect(refusal({ sampling: { choices: 2 } })?.param).toBe("n");
    expect(refusal({ sampling: { logprobs: 0 } })?.param).toBe("logprobs");
    expect(refusal({ sampling: { logitBias: { 1: 2 } } })?.param).toBe("logit_bias");
  });
});

describe("output, tier, metadata", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };

  it("a schema is a text in outputConfig; rule 19: never a forced tool", () => {
    const { body, warnings } = send({ output: { kind: "schema", name: "answer", schema, strict: true } });
    expect(body["outputConfig"]).toEqual({
      textFormat: {
        type: "json_schema",
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: "answer" } },
      },
    });
    expect(body).not.toHaveProperty("toolConfig");
    expect(warnings).toEqual([]);
  });

  it("a schema is refused where the model takes none, JSON without one is declared", () => {
    const output = { kind: "schema", name: "answer", schema, strict: true } as const;
    expect(refusal({ output }, models.sonnet37)).toEqual({
      code: "unsupported_parameter",
      param: "response_format",
    });
    const { body, warnings } = send({ output: { kind: "json" } });
    expect(body).not.toHaveProperty("outputConfig");
    expect(warnings).toEqual([dropped("response_format")]);
  });

  it.for([
    ["auto", undefined, 0],
    ["default", { type: "default" }, 0],
    ["standard_only", { type: "default" }, 0],
    ["flex", { type: "flex" }, 0],
    ["priority", { type: "priority" }, 0],
    ["scale", undefined, 1],
  ] as const)("tier %s is %j", ([tier, sent, warned]) => {
    const { body, warnings } = send({ tier });
    expect(body["serviceTier"]).toEqual(sent);
    expect(warnings).toHaveLength(warned);
  });

  it("metadata is requestMetadata as far as it fits", () => {
    expect(send({ metadata: { team: "a b", k: "v=1" } }).body["requestMetadata"]).toEqual({
      team: "a b",
      k: "v=1",
    });
    const { body, warnings } = send({
      metadata: { good: "x", long: "x".repeat(257), odd: "ü", n: 1, "": "y" },
    });
    expect(body["requestMetadata"]).toEqual({ good: "x" });
    expect(warnings).toEqual([dropped("metadata")]);
    expect(send({ metadata: { odd: "ü" } }).body).not.toHaveProperty("requestMetadata");
  });

  it("the end user, storing, and members without a place are declared by name", () => {
    const extensions = new Map([
      ["verbosity", new RawJson('"low"')],
      ["modalities", new RawJson('["text"]')],
      ["audio", new RawJson("null")],
    ]);
    const { text: body, warnings } = send({ endUser: "ann", isStored: true, extensions });
    expect(body).not.toContain("ann");
    expect(warnings).toEqual([
      dropped("user"),
      dropped("store"),
      dropped("verbosity"),
      dropped("modalities"),
    ]);
    expect(send({ isStored: false }).warnings).toEqual([]);
    expect(send({ source: "anthropic-messages", endUser: "ann" }).warnings).toEqual([
      dropped("metadata.user_id"),
    ]);
  });

  it.for([
    ["modalities", '["text","audio"]'],
    ["audio", '{"voice":"x"}'],
    ["web_search_options", "{}"],
    ["background", "true"],
    ["logprobs", "true"],
    ["logit_bias", '{"1":2}'],
    ["mcp_servers", "[{}]"],
    ["container", '"c"'],
    ["cachedContent", '"c"'],
    ["responseModalities", '["TEXT","IMAGE"]'],
  ] as const)("%s %s asks for another kind of answer and is refused", ([name, json]) => {
    expect(refusal({ extensions: new Map([[name, new RawJson(json)]]) })).toEqual({
      code: "unsupported_parameter",
      param: name,
    });
  });

  it("earlier answers, which Bedrock does not keep, are refused", () => {
    expect(refusal({ continues: { answer: "resp_1" } })?.param).toBe("previous_response_id");
    expect(refusal({ continues: { conversation: "c" } })?.param).toBe("conversation");
  });
});

describe("rule 18: reasoning", () => {
  const fields = ({ body }: Sent) => body["additionalModelRequestFields"];
  const limited = { outputTokensMax: 10_000 };

  it("is a budget for older Claude: a share of the output limit, beside no sampling", () => {
    const sent = send(
      { reasoning: { effort: "medium" }, sampling: { ...limited, temperature: 0.5, topK: 3 } },
      models.sonnet45,
    );
    expect(fields(sent)).toEqual({ thinking: { type: "enabled", budget_tokens: 5000 } });
    expect(sent.body["inferenceConfig"]).toEqual({ maxTokens: 10_000 });
    expect(sent.warnings).toEqual([dropped("temperature"), dropped("top_k")]);
  });

  it.for([
    ["minimal", 1024],
    ["low", 2000],
    ["high", 8000],
    ["xhigh", 9500],
    ["max", 9500],
  ] as const)("effort %s spends %i of 10,000", ([effort, budget]) => {
    expect(fields(send({ reasoning: { effort }, sampling: limited })).thinking.budget_tokens).toBe(budget);
  });

  it("keeps a budget between 1024 and the output limit, declared", () => {
    const budgetOf = (budgetTokens: number) => {
      const { body, warnings } = send({ reasoning: { budgetTokens }, sampling: limited });
      return [body["additionalModelRequestFields"].thinking.budget_tokens, warnings];
    };
    expect(budgetOf(2000)).toEqual([2000, []]);
    expect(budgetOf(20_000)).toEqual([
      9999,
      [{ kind: "clamped", subject: "budget_tokens", note: "to 9999" }],
    ]);
    expect(budgetOf(10)).toEqual([1024, [{ kind: "clamped", subject: "budget_tokens", note: "to 1024" }]]);
  });

  it("sends the limit that a budget needs: the catalogue's, else room above the budget", () => {
    const known = send({ reasoning: { effort: "medium" } }, models.sonnet45, { outputTokensMax: 64_000 });
    expect(known.body["inferenceConfig"]).toEqual({ maxTokens: 64_000 });
    expect(fields(known).thinking.budget_tokens).toBe(32_000);
    const unknown = send({ reasoning: { budgetTokens: 9000 } });
    expect(unknown.body["inferenceConfig"]).toEqual({ maxTokens: 13_096 });
    expect(fields(unknown).thinking.budget_tokens).toBe(9000);
    for (const { warnings } of [known, unknown])
      expect(warnings).toMatchObject([{ kind: "changed", subject: "max_tokens" }]);
  });

  it("is adaptive with an effort for newer Claude", () => {
    const newer = send({ reasoning: { effort: "xhigh", show: "summary" }, sampling: limited }, models.opus48);
    expect(fields(newer)).toEqual({
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "xhigh" },
    });
    const between = send({ reasoning: { effort: "xhigh" } }, models.opus46);
    expect(fields(between)).toEqual({ thinking: { type: "adaptive" }, output_config: { effort: "high" } });
    expect(between.warnings).toMatchObject([{ kind: "changed", subject: "reasoning_effort" }]);
    const budget = send({ reasoning: { budgetTokens: 6000 }, sampling: limited }, models.opus48);
    expect(fields(budget)).toEqual({ thinking: { type: "adaptive" }, output_config: { effort: "medium" } });
    expect(budget.warnings).toMatchObject([{ kind: "changed", subject: "budget_tokens" }]);
    expect(fields(send({ reasoning: { adaptive: true, show: "omitted" } }, models.opus48))).toEqual({
      thinking: { type: "adaptive", display: "omitted" },
    });
  });

  it("an effort alone of a Messages client asks for no thinking", () => {
    const sent = send({ source: "anthropic-messages", reasoning: { effort: "low" } }, models.opus48);
    expect(fields(sent)).toEqual({ output_config: { effort: "low" } });
  });

  it("none is off", () => {
    expect(fields(send({ reasoning: { effort: "none" } }, models.opus48))).toEqual({
      thinking: { type: "disabled" },
    });
    for (const model of [models.sonnet45, models.llama]) {
      const { body, warnings } = send({ reasoning: { effort: "none" } }, model);
      expect(body).not.toHaveProperty("additionalModelRequestFields");
      expect(warnings).toEqual([]);
    }
  });

  it.for<{ readonly name: string; readonly call: Partial<Call>; readonly model?: string }>([
    { name: "a tool is forced", call: { tools: [f], toolChoice: { kind: "any" } } },
    { name: "the answer is prefilled", call: { turns: [user(text("q")), assistant(text("I"))] } },
    { name: "the limit is too small", call: { sampling: { outputTokensMax: 1024 } } },
    {
      name: "the open tool loop has lost its thinking",
      call: { tools: [f], turns: [user(text("q")), assistant(toolCall("a")), user(toolResult("a"))] },
    },
    { name: "the model does not think", call: {}, model: "anthropic.claude-3-haiku-20240307-v1:0" },
    { name: "its family takes no wish for it", call: {}, model: models.llama },
  ])("is dropped, declared, where $name", ({ call, model }) => {
    const sent = send({ sampling: limited, reasoning: { effort: "high" }, ...call }, model);
    expect(sent.body).not.toHaveProperty("additionalModelRequestFields");
    expect(sent.warnings).toEqual([dropped("reasoning")]);
  });

  it("goes on in an open tool loop that brought its thinking back", () => {
    const signed: Part = {
      kind: "reasoning",
      text: "r",
      isRedacted: false,
      seal: { origin: "bedrock-converse", value: "s" },
    };
    const turns = [user(text("q")), assistant(signed, toolCall("a")), user(toolResult("a"))];
    const sent = send({ tools: [f], turns, sampling: limited, reasoning: { effort: "high" } });
    expect(fields(sent).thinking.type).toBe("enabled");
  });

  it("rule 65: has the field of the family", () => {
    const reasoning = { effort: "medium" } as const;
    expect(fields(send({ reasoning }, models.oss))).toEqual({ reasoning_effort: "medium" });
    expect(fields(send({ reasoning }, models.gpt))).toEqual({ reasoning: { effort: "medium" } });
    expect(fields(send({ reasoning }, models.nova2))).toEqual({
      reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" },
    });
    expect(fields(send({ reasoning: { effort: "none" } }, models.nova2))).toEqual({
      reasoningConfig: { type: "disabled" },
    });
  });

  it("takes the nearest effort that the model has, declared", () => {
    const lowest = send({ reasoning: { effort: "none" } }, models.oss);
    expect(fields(lowest)).toEqual({ reasoning_effort: "low" });
    expect(lowest.warnings).toMatchObject([{ kind: "changed", subject: "reasoning_effort" }]);
    expect(fields(send({ reasoning: { effort: "max" } }, models.gpt))).toEqual({
      reasoning: { effort: "xhigh" },
    });
    expect(fields(send({ reasoning: { budgetTokens: 1000 }, sampling: limited }, models.oss))).toEqual({
      reasoning_effort: "low",
    });
    expect(send({ reasoning: { budgetTokens: 1000 } }, models.oss).warnings).toEqual([
      dropped("budget_tokens"),
    ]);
  });

  it("Nova's highest effort stands beside neither sampling nor a limit", () => {
    const free = send({ reasoning: { effort: "high" }, sampling: { temperature: 0.5 } }, models.nova2);
    expect(fields(free).reasoningConfig.maxReasoningEffort).toBe("high");
    expect(free.body).not.toHaveProperty("inferenceConfig");
    const bound = send(
      { reasoning: { effort: "high" }, sampling: { ...limited, temperature: 0.5 } },
      models.nova2,
    );
    expect(fields(bound).reasoningConfig.maxReasoningEffort).toBe("medium");
    expect(bound.body["inferenceConfig"]).toEqual({ maxTokens: 10_000, temperature: 0.5 });
  });
});

describe("prefix stability", () => {
  const anyPart: fc.Arbitrary<Part> = fc.oneof(
    fc.record({ kind: fc.constant("text" as const), text: fc.string() }),
    fc.record({
      kind: fc.constant("document" as const),
      source: fc.constant({ kind: "text" as const, text: "x" }),
      title: fc.string(),
    }),
    fc.record({
      kind: fc.constant("tool-result" as const),
      callId: fc.string({ minLength: 1 }),
      isError: fc.boolean(),
      content: fc.constant([text("r")]),
    }),
  );
  const anyTurn: fc.Arbitrary<Turn> = fc.oneof(
    fc.array(anyPart, { maxLength: 3 }).map((parts): Turn => ({ role: "user", parts })),
    fc
      .array(fc.record({ kind: fc.constant("text" as const), text: fc.string() }), { maxLength: 2 })
      .map((parts): Turn => ({ role: "assistant", parts })),
  );

  it("a longer conversation begins with the bytes of the shorter one, and the same call gives the same bytes", () => {
    fc.assert(
      fc.property(fc.array(anyTurn, { maxLength: 6 }), (middle) => {
        const turns = [user(text("q")), ...middle, assistant(text("a"))];
        const shorter = send({ turns }).text;
        expect(send({ turns }).text).toBe(shorter);
        const longer = send({ turns: [...turns, user(text("next"))] }).text;
        const messages =
          /^\{"messages":\[.*\](?=(?:,"(?:system|toolConfig)":|\}$))/s.exec(shorter)?.[0] ?? "";
        expect(longer.startsWith(messages.slice(0, -1))).toBe(true);
      }),
    );
  });
});
