import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const model = "gemini-3-flash-preview";

function written(changes: Partial<Call>, context: { model: string; outputTokensMax?: number } = { model }) {
  const encoded = gemini.encodeRequest(chatCall(changes), context);
  if (encoded.kind === "refused") throw encoded.error;
  return encoded;
}
const body = (changes: Partial<Call>, to = model) => JSON.parse(written(changes, { model: to }).body);
const warned = (changes: Partial<Call>, to = model) =>
  written(changes, { model: to }).warnings.map(({ kind, subject }) => `${kind} ${subject}`);
function refused(changes: Partial<Call>, to = model) {
  const encoded = gemini.encodeRequest(chatCall(changes), { model: to });
  return encoded.kind === "refused" ? [encoded.error.code, encoded.error.facts.param] : undefined;
}

const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const text = (words: string): Part => ({ kind: "text", text: words });
const own = (value: string): Seal => ({ origin: "gemini-generate", value });
const call = (id: string, name: string, more: object = {}): Part => ({
  kind: "tool-call",
  id,
  name,
  argumentsText: "{}",
  ...more,
});
const result = (callId: string, words: string, more: object = {}): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content: words === "" ? [] : [text(words)],
  ...more,
});

describe("encodeRequest", () => {
  it("writes system text apart, roles as user and model, neighbours of one role as one", () => {
    const turns = [
      { role: "developer", parts: [text("be brief")] } as const,
      user(text("a")),
      user(text("b")),
      assistant(text("c")),
      assistant(text("d")),
      { role: "system", parts: [text("later")] } as const,
      user(text("e")),
    ];
    const changes = { instructions: [text("sys")], turns };
    expect(body(changes)).toEqual({
      systemInstruction: { parts: [{ text: "sys" }, { text: "be brief" }, { text: "later" }] },
      contents: [
        { role: "user", parts: [{ text: "a" }, { text: "b" }] },
        { role: "model", parts: [{ text: "c" }, { text: "d" }] },
        { role: "user", parts: [{ text: "e" }] },
      ],
    });
    expect(warned(changes)).toEqual(["changed system message"]);
  });

  it("heads the first user content with system text for models that take none", () => {
    const changes = { instructions: [text("sys")] };
    expect(body(changes, "gemma-3-27b-it")).toEqual({
      contents: [{ role: "user", parts: [{ text: "sys" }, { text: "hi" }] }],
    });
    expect(warned(changes, "gemma-3-27b-it")).toEqual(["changed system"]);
  });

  it("rule 30: leaves out blank text and contents of nothing else, and refuses a call of nothing", () => {
    const turns = [user(text("a"), text(" \n")), assistant(text("")), user(text("b"))];
    expect(body({ turns }).contents).toEqual([{ role: "user", parts: [{ text: "a" }, { text: "b" }] }]);
    expect(warned({ turns })).toEqual(["dropped assistant message"]);
    expect(refused({ turns: [user(text(" "))] })).toEqual(["unsupported_content", "messages"]);
  });

  it("is the same for the same call, and a longer conversation begins with the bytes of the shorter", () => {
    const word = fc.string({ minLength: 1, maxLength: 5 }).filter((words) => words.trim() !== "");
    const exchange = fc.oneof(
      fc.tuple(word, word).map(([question, answer]) => [user(text(question)), assistant(text(answer))]),
      fc
        .tuple(word, fc.array(word, { minLength: 1, maxLength: 3 }))
        .map(([question, names]) => [
          user(text(question)),
          assistant(...names.map((name, index) => call(`c${index}`, name))),
          user(...names.map((name, index) => result(`c${index}`, name)).toReversed()),
          assistant(text("done")),
        ]),
    );
    const contentsOf = (turns: readonly Turn[]) =>
      /"contents":\[(.*)\]\}$/s.exec(written({ turns }).body)?.[1];
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 2, maxLength: 5 }), (exchanges) => {
        const shorter = contentsOf(exchanges.slice(0, -1).flat());
        const longer = contentsOf(exchanges.flat());
        expect(longer?.startsWith(`${shorter},`)).toBe(true);
      }),
    );
  });
});

describe("calls and results", () => {
  const turns = [
    user(text("q")),
    assistant(text("so"), call("a", "f"), call("b", "g"), call("c", "f")),
    user(text("and"), result("c", "3"), result("a", "1")),
    user(result("b", "2")),
  ];

  it("rules 28 and 31: as many results as calls, in the order of the calls, before what else the user said", () => {
    const [, , answer] = body({ turns }).contents;
    expect(answer).toEqual({
      role: "user",
      parts: [
        { functionResponse: { id: "a", name: "f", response: { result: "1" } } },
        { functionResponse: { id: "b", name: "g", response: { result: "2" } } },
        { functionResponse: { id: "c", name: "f", response: { result: "3" } } },
        { text: "and" },
      ],
    });
  });

  it("are matched by name and order up to Gemini 2.5, which knows no ids", () => {
    const { contents } = body({ turns }, "gemini-2.5-flash");
    expect(JSON.stringify(contents)).not.toContain('"id"');
  });

  it("rule 31: a call without a result is refused, one of Gemini's own clients is left to Gemini", () => {
    const missing = turns.slice(0, 3);
    expect(refused({ turns: missing })).toEqual(["unsupported_content", "messages"]);
    expect(body({ turns: missing, source: "gemini-generate" }).contents[2].parts).toHaveLength(3);
    expect(refused({ turns: [user(text("q"), result("z", "1"))] })).toEqual([
      "unsupported_content",
      "messages",
    ]);
    expect(body({ turns: [user(result("z", "1", { name: "f" }))] }).contents[0].parts[0]).toMatchObject({
      functionResponse: { name: "f" },
    });
  });

  it.for<{ name: string; content: string; isError?: boolean; response: unknown; warns?: readonly string[] }>([
    { name: "text", content: "sunny", response: { result: "sunny" } },
    { name: "nothing", content: "", response: { result: "" } },
    { name: "an array, as text", content: "[1]", response: { result: "[1]" } },
    { name: "an object, as it is", content: ' {"a":1} ', response: { a: 1 } },
    { name: "an error", content: "no", isError: true, response: { error: "no" } },
    {
      name: "an error that is an object",
      content: '{"code":1}',
      isError: true,
      response: { error: { code: 1 } },
    },
    {
      name: "an error that says so itself",
      content: '{"error":"x"}',
      isError: true,
      response: { error: "x" },
    },
    {
      name: "rule 40: JSON with references, as text",
      content: '{"a":{"$ref":"#/$defs/b"}}',
      response: { result: '{"a":{"$ref":"#/$defs/b"}}' },
      warns: ["changed result of f"],
    },
    {
      name: "rule 40: JSON with references in disguise, as text",
      content: '{"\\u0024defs":{}}',
      response: { result: '{"\\u0024defs":{}}' },
      warns: ["changed result of f"],
    },
    {
      name: "rule 40: a property named ref, as it is",
      content: '{"ref":"x","b":"$ref"}',
      response: { ref: "x", b: "$ref" },
    },
  ])("write $name", ({ content, isError = false, response, warns = [] }) => {
    const sealed = call("a", "f", { seal: own("s") });
    const changes = { turns: [user(text("q")), assistant(sealed), user(result("a", content, { isError }))] };
    expect(body(changes).contents[2].parts[0].functionResponse.response).toEqual(response);
    expect(warned(changes)).toEqual(warns);
  });

  it.for([
    {
      argumentsText: '{ "n" : 9007199254740993, "x":1.0e400, "n":-0 }',
      args: '{ "n" : 9007199254740993, "x":1.0e400, "n":-0 }',
    },
    { argumentsText: "", args: "{}" },
    { argumentsText: '{"half": tr', args: '{"arguments":"{\\"half\\": tr"}' },
    { argumentsText: "[1]", args: '{"arguments":"[1]"}' },
  ])("rules 02 and 36: the arguments $argumentsText stand as $args", ({ argumentsText, args }) => {
    const part = call("a", "f", { argumentsText, seal: own("s") });
    const encoded = written({ turns: [user(text("q")), assistant(part)] });
    expect(encoded.body).toContain(`"name":"f","args":${args}}`);
    expect(encoded.warnings.map(({ kind }) => kind)).toEqual(args.includes("arguments") ? ["changed"] : []);
  });

  it("write the free input of a custom tool as its one property", () => {
    const part = call("a", "f", { argumentsText: "SELECT 1", isCustom: true, seal: own("s") });
    expect(
      body({ turns: [user(text("q")), assistant(part)] }).contents[1].parts[0].functionCall.args,
    ).toEqual({ input: "SELECT 1" });
  });

  const image: Part = { kind: "image", source: { kind: "base64", data: "iVBORw0KGgo=" } };
  const withImage = [
    user(text("q")),
    assistant(call("a", "f", { seal: own("s") })),
    user(text("and"), result("a", "see", { content: [text("see"), image] })),
  ];
  const inline = { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } };

  it("rule 38: media are part of a result from Gemini 3 on, and follow it before", () => {
    expect(body({ turns: withImage }).contents[2].parts).toEqual([
      { functionResponse: { id: "a", name: "f", response: { result: "see" }, parts: [inline] } },
      { text: "and" },
    ]);
    expect(body({ turns: withImage }, "gemini-2.5-pro").contents[2].parts).toEqual([
      { functionResponse: { name: "f", response: { result: "see" } } },
      { text: "Content of the result of f:" },
      inline,
      { text: "and" },
    ]);
    expect(warned({ turns: withImage }, "gemini-2.5-pro")).toEqual(["changed tool_result"]);
  });
});

describe("state of earlier answers", () => {
  const question = user(text("q"));
  const partsOf = (parts: readonly Part[], to = model) =>
    body({ turns: [question, assistant(...parts)] }, to).contents[1].parts;
  const lost = "dropped thoughtSignature";

  it("rule 11: the signature of a call goes back with it, on the first call and wherever else it was", () => {
    const parts = [call("a", "f", { seal: own("s1") }), call("b", "g"), call("c", "h", { seal: own("s3") })];
    expect(
      partsOf(parts).map(({ thoughtSignature }: { thoughtSignature?: string }) => thoughtSignature),
    ).toEqual(["s1", undefined, "s3"]);
    expect(warned({ turns: [question, assistant(...parts)] })).toEqual([]);
  });

  it("rule 11: a lost signature of a first call is declared, and Gemini told so from version 3 on", () => {
    const parts = [text("so"), call("a", "f"), call("b", "g")];
    const signatures = (to: string) =>
      partsOf(parts, to).map(({ thoughtSignature }: { thoughtSignature?: string }) => thoughtSignature);
    expect(signatures(model)).toEqual([undefined, "skip_thought_signature_validator", undefined]);
    expect(signatures("gemini-2.5-pro")).toEqual([undefined, undefined, undefined]);
    const { warnings } = written({ turns: [question, assistant(...parts)] });
    expect(warnings).toMatchObject([{ kind: "dropped", subject: "thoughtSignature" }]);
    expect(warnings[0]?.note).toContain("continuity-lost");
    expect(warned({ turns: [question, assistant(...parts)] }, "gemini-2.5-pro")).toEqual([]);
  });

  it("rule 11: each step of a tool loop has its own first call", () => {
    const turns = [
      question,
      assistant(call("a", "f", { seal: own("s1") })),
      user(result("a", "1")),
      assistant(call("b", "f")),
      user(result("b", "2")),
    ];
    expect(body({ turns }).contents[3].parts[0].thoughtSignature).toBe("skip_thought_signature_validator");
    expect(warned({ turns })).toEqual([lost]);
  });

  it("rule 11: a text brings its signature back, also an empty one", () => {
    const parts = [
      { kind: "text", text: "a", seal: own("s") } as const,
      { kind: "text", text: "", seal: own("t") } as const,
    ];
    expect(partsOf(parts)).toEqual([
      { text: "a", thoughtSignature: "s" },
      { text: "", thoughtSignature: "t" },
    ]);
  });

  const thought = (more: object): Part => ({ kind: "reasoning", text: "hm", isRedacted: false, ...more });
  it("rules 07 and 17: own thoughts go back with their signature, another vendor's are left out and declared", () => {
    const foreign: Seal = { origin: "anthropic-messages", value: "x" };
    expect(partsOf([thought({ seal: own("s") }), text("a")])).toEqual([
      { text: "hm", thought: true, thoughtSignature: "s" },
      { text: "a" },
    ]);
    for (const parts of [
      [thought({ seal: foreign })],
      [thought({})],
      [thought({ seal: foreign, isRedacted: true, text: "" })],
    ]) {
      const turns = [question, assistant(...parts, text("a"))];
      expect(body({ turns }).contents[1].parts).toEqual([{ text: "a" }]);
      expect(warned({ turns })).toEqual(["dropped reasoning"]);
    }
    const sealed = [call("a", "f", { seal: foreign })];
    expect(JSON.stringify(partsOf(sealed))).not.toContain('"x"');
    expect(warned({ turns: [question, assistant(...sealed)] })).toEqual([lost, "dropped reasoning"]);
  });

  it("thoughts of Gemini's own clients go back as they came", () => {
    const turns = [question, assistant(thought({}), text("a"))];
    expect(body({ turns, source: "gemini-generate" }).contents[1].parts[0]).toEqual({
      text: "hm",
      thought: true,
    });
  });
});

describe("media", () => {
  const partOf = (part: Part, to = model) => body({ turns: [user(part)] }, to).contents[0].parts[0];
  const base64 = (data: string) => ({ kind: "base64", data }) as const;
  const url = (address: string) => ({ kind: "url", url: address }) as const;

  it.for<{ name: string; part: Part; expected: unknown }>([
    {
      name: "an image",
      part: { kind: "image", source: base64("x"), mediaType: "image/webp" },
      expected: { inlineData: { mimeType: "image/webp", data: "x" } },
    },
    {
      name: "an image of no type, by its bytes",
      part: { kind: "image", source: base64("/9j/4AA") },
      expected: { inlineData: { mimeType: "image/jpeg", data: "/9j/4AA" } },
    },
    {
      name: "audio",
      part: { kind: "audio", source: base64("x"), mediaType: "audio/wav" },
      expected: { inlineData: { mimeType: "audio/wav", data: "x" } },
    },
    {
      name: "video",
      part: { kind: "video", source: base64("x"), mediaType: "video/mp4" },
      expected: { inlineData: { mimeType: "video/mp4", data: "x" } },
    },
    {
      name: "a PDF",
      part: { kind: "document", source: base64("x"), mediaType: "application/pdf" },
      expected: { inlineData: { mimeType: "application/pdf", data: "x" } },
    },
    {
      name: "a document of text",
      part: { kind: "document", source: { kind: "text", text: "words" }, title: "T" },
      expected: { text: "T\n\nwords" },
    },
    {
      name: "an address",
      part: { kind: "image", source: url("https://x.y/a.JPG?b") },
      expected: { fileData: { mimeType: "image/jpeg", fileUri: "https://x.y/a.JPG?b" } },
    },
    {
      name: "an address that ends like a member of objects",
      part: { kind: "image", source: url("https://x.y/a.constructor") },
      expected: { fileData: { fileUri: "https://x.y/a.constructor" } },
    },
    {
      name: "an address that tells no type",
      part: { kind: "image", source: url("https://x.y/a") },
      expected: { fileData: { fileUri: "https://x.y/a" } },
    },
    {
      name: "a file of Google's",
      part: {
        kind: "document",
        source: { kind: "file", id: "https://generativelanguage.googleapis.com/v1beta/files/a" },
        mediaType: "application/pdf",
      },
      expected: {
        fileData: {
          mimeType: "application/pdf",
          fileUri: "https://generativelanguage.googleapis.com/v1beta/files/a",
        },
      },
    },
    {
      name: "a part that only Gemini knows",
      part: {
        kind: "opaque",
        type: "executableCode",
        origin: "gemini-generate",
        raw: new RawJson('{"executableCode":{"code":"1"}}'),
      },
      expected: { executableCode: { code: "1" } },
    },
  ])("writes $name", ({ part, expected }) => {
    expect(partOf(part)).toEqual(expected);
    expect(warned({ turns: [user(part)] })).toEqual([]);
  });

  it.for<{ name: string; part: Part; to?: string }>([
    {
      name: "an address, by models that fetch none",
      part: { kind: "image", source: url("https://x.y/a.jpg") },
      to: "gemini-2.0-flash",
    },
    { name: "an address without TLS", part: { kind: "image", source: url("http://x.y/a.jpg") } },
    {
      name: "a file of another provider",
      part: { kind: "document", source: { kind: "file", id: "file-abc" } },
    },
    {
      name: "a part of another dialect",
      part: { kind: "opaque", type: "x", origin: "anthropic-messages", raw: new RawJson("{}") },
    },
    { name: "a call in the user's turn", part: { kind: "tool-call", id: "a", name: "f", argumentsText: "" } },
  ])("refuses $name", ({ part, to }) => {
    expect(refused({ turns: [user(part)] }, to)).toEqual(["unsupported_content", "messages"]);
  });

  it("takes any address of Gemini's own clients, and videos of YouTube from everyone", () => {
    const video: Part = {
      kind: "video",
      source: url("https://www.youtube.com/watch?v=a"),
      mediaType: "video/mp4",
    };
    expect(partOf(video, "gemini-2.0-flash")).toMatchObject({
      fileData: { fileUri: "https://www.youtube.com/watch?v=a" },
    });
    const stored: Part = {
      kind: "image",
      source: { kind: "file", id: "gs://b/a.png" },
      mediaType: "image/png",
    };
    expect(body({ turns: [user(stored)], source: "gemini-generate" }).contents[0].parts[0]).toMatchObject({
      fileData: { fileUri: "gs://b/a.png" },
    });
  });

  it("declares what it has no place for", () => {
    const parts: readonly Part[] = [
      { kind: "image", source: base64("x"), mediaType: "image/png", detail: "high", cache: {} },
      { kind: "document", source: base64("x"), mediaType: "application/pdf", title: "T" },
    ];
    expect(warned({ turns: [user(...parts)] })).toEqual([
      "dropped cache_control",
      "dropped image_url.detail",
      "dropped title",
    ]);
  });
});
