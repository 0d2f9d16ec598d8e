import { describe, expect, it } from "vitest";
import { openaiOnly as openai, problemsOf } from "./parse.test-support.ts";

describe("describeIssue names the field, what it must be and what it is:", () => {
  it.for<{ name: string; text: string; problems: readonly string[] }>([
    {
      name: "a list",
      text: "- a\n",
      problems: ["1:1 the configuration must be a map of fields, not a list"],
    },
    {
      name: "a bare word",
      text: "hello\n",
      problems: ['1:1 the configuration must be a map of fields, not "hello"'],
    },
    {
      name: "an unknown section, with the nearest name",
      text: `${openai}servr: {}\n`,
      problems: ["3:1 unknown field `servr`; did you mean `server` or `services`?"],
    },
    {
      name: "an unknown field, with the nearest name",
      text: `${openai}server:\n  prot: 80\n`,
      problems: ["4:3 unknown field `prot` in `server`; did you mean `port`?"],
    },
    {
      name: "an unknown field that is like no other, with all names",
      text: `${openai}keys: { allowUnauthenticated: true }\n`,
      problems: ["3:9 unknown field `allowUnauthenticated` in `keys`; known here: `required`"],
    },
    {
      name: "an unknown field of a provider",
      text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, baseURL: x }\n",
      problems: ["2:37 unknown field `baseURL` in `providers.openai`; did you mean `baseUrl`?"],
    },
    {
      name: "an unknown field inside a target",
      text: `${openai}models: { fast: [{ provider: openai, modell: x }] }\n`,
      problems: [
        "3:18 `models.fast[0]` needs `model`",
        "3:38 unknown field `modell` in `models.fast[0]`; did you mean `model`?",
      ],
    },
    {
      name: "text for a number",
      text: `${openai}server: { port: http }\n`,
      problems: ['3:17 `server.port` must be a number, not "http"'],
    },
    {
      name: "a quoted number",
      text: `${openai}server: { port: "80" }\n`,
      problems: ['3:17 `server.port` must be a number, not "80"'],
    },
    {
      name: "a fraction for a whole number",
      text: `${openai}server: { port: 80.5 }\n`,
      problems: ["3:17 `server.port` must be a whole number, not 80.5"],
    },
    {
      name: "a number above its bound",
      text: `${openai}server: { port: 70000 }\n`,
      problems: ["3:17 `server.port` must be at most 65535, not 70000"],
    },
    {
      name: "a number below its bound",
      text: `${openai}overload: { inFlightMax: 0 }\n`,
      problems: ["3:26 `overload.inFlightMax` must be at least 1, not 0"],
    },
    {
      name: "a size in a unit of time",
      text: `${openai}server: { limits: { bodyBytesMax: 5 s } }\n`,
      problems: ['3:35 `server.limits.bodyBytesMax` must be a number, not "5 s"'],
    },
    {
      name: "a number for a switch",
      text: `${openai}admin: { allowRemote: 1 }\n`,
      problems: ["3:23 `admin.allowRemote` must be `true` or `false`, not 1"],
    },
    {
      name: "a map for text",
      text: `${openai}dataDir: { a: 1 }\n`,
      problems: ["3:10 `dataDir` must be text, not a map"],
    },
    {
      name: "a field without value",
      text: `${openai}server:\n  port:\n`,
      problems: ["4:8 `server.port` must be a number, but it is empty"],
    },
    {
      name: "an empty provider",
      text: "providers:\n  openai:\n",
      problems: ["2:10 `providers.openai` must be a map of fields, but it is empty"],
    },
    {
      name: "an unknown word",
      text: `${openai}pricing: { unknownModel: alrt }\n`,
      problems: [
        '3:26 `pricing.unknownModel` must be one of `alert`, `refuse`, not "alrt"; did you mean `alert`?',
      ],
    },
    {
      name: "to open the data plane to strangers",
      text: `${openai}keys: { required: false }\n`,
      problems: ["3:19 `keys.required` can only be `true`, not false"],
    },
    {
      name: "a provider's name with a slash",
      text: "providers:\n  a/b: { dialect: openai-chat, baseUrl: http://h }\n",
      problems: [
        '2:3 the name "a/b" must be a name of letters, digits and `. _ -` that begins with a letter or a digit',
      ],
    },
    {
      name: "an unknown dialect",
      text: "providers:\n  a: { dialect: openai, baseUrl: http://h }\n",
      problems: [
        '2:17 `providers.a.dialect` must be one of `openai-chat`, `openai-responses`, `anthropic-messages`, `gemini-generate`, `bedrock-converse`, `cohere-chat`, `mistral-chat`, not "openai"; did you mean `openai-chat`?',
      ],
    },
    {
      name: "a header of two lines",
      text: 'providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-a: "1\\nx: 2" } }\n',
      problems: ["2:53 `providers.openai.headers.x-a` must be one line of ASCII text"],
    },
    {
      name: "a pool without targets",
      text: `${openai}models: { fast: [] }\n`,
      problems: ["3:17 `models.fast` must have at least 1 entry, but it is empty"],
    },
    {
      name: "a pool that is no list",
      text: `${openai}models: { fast: openai/a }\n`,
      problems: ['3:17 `models.fast` must be a list or a map of fields, not "openai/a"'],
    },
    {
      name: "a target without provider",
      text: `${openai}models: { fast: [gpt-5] }\n`,
      problems: [
        '3:18 `models.fast[0]` must be `provider/model`, for example `openai/gpt-5-mini`, not "gpt-5"',
      ],
    },
  ])("$name", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
