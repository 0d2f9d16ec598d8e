import { describe, expect, it } from "vitest";
import { openaiOnly as openai, problemsOf } from "./parse.test-support.ts";

describe("resolveReferences refuses", () => {
  it.for<{ name: string; text: string; problems: readonly string[] }>([
    {
      name: "a literal secret",
      text: "providers:\n  openai: { key: sk-live }\n",
      problems: [
        "2:18 `providers.openai.key` is a literal secret; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`",
      ],
    },
    {
      name: "a literal credential in a header",
      text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-api-key: abc } }\n",
      problems: [
        "2:59 `providers.openai.headers.x-api-key` is a literal secret; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`",
      ],
    },
    {
      name: "a literal secret as default",
      text: "providers:\n  openai: { key: ${NOPE:-sk-live} }\n",
      problems: [
        "2:18 `providers.openai.key` has a literal secret as its default; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`",
      ],
    },
    {
      name: "a variable that is not set",
      text: "providers:\n  openai: { key: ${NOPE} }\n",
      problems: ["2:18 the environment variable `NOPE` of `providers.openai.key` is not set"],
    },
    {
      name: "a variable that is empty",
      text: "providers:\n  openai:\n    key: ${EMPTY}\n",
      problems: ["3:10 the environment variable `EMPTY` of `providers.openai.key` is empty"],
    },
    {
      name: "a broken reference",
      text: "dataDir: a${B-c}\n" + openai,
      problems: [
        "1:10 `${B-c}` is no reference; write `${NAME}`, `${NAME:-default}`, or `$${` for the characters themselves",
      ],
    },
    {
      name: "a secret where it would be shown",
      text: "providers:\n  a: { dialect: openai-chat, baseUrl: 'http://h/${OPENAI_API_KEY}' }\n",
      problems: [
        "2:39 `${OPENAI_API_KEY}` is named like a secret, and `providers.a.baseUrl` is shown openly; secrets belong into `key` or `headers`",
      ],
    },
    {
      name: "a missing file of a secret",
      text: "providers:\n  openai: { key: file:/run/secrets/nope }\n",
      problems: [
        "2:18 the file `/run/secrets/nope` of `providers.openai.key` cannot be read: there is no such file",
      ],
    },
    {
      name: "a file where no secret stands: it is text like any other",
      text: "providers:\n  a: { dialect: openai-chat, baseUrl: file:/run/secrets/key }\n",
      problems: ["2:39 `providers.a.baseUrl` must begin with `http://` or `https://`"],
    },
  ])("$name", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
