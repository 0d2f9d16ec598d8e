import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  openaiOnly as openai,
  parseWorldOf,
  problemsOf,
  secretPaths,
  testWorld as world,
} from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

function configOf(text: string) {
  const parsed = parseConfig(text, world);
  if (parsed.kind === "invalid") throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed;
}

describe("parseConfig takes", () => {
  it("a known provider with its key alone, and fills in all else", () => {
    const { config, files } = configOf(openai);
    expect(config.providers["openai"]).toMatchObject({
      id: "openai",
      known: "openai",
      dialects: ["openai-chat"],
      baseUrl: "https://api.openai.com/v1",
      models: ["gpt-*", "o3*"],
      headers: {},
      timeouts: { headMs: 600_000, idleMs: 60_000 },
    });
    expect(config.providers["openai"]?.key?.reveal()).toBe("sk-canary-1");
    expect(config).toMatchObject({
      server: { host: "127.0.0.1", port: 7227, limits: { bodyBytesMax: 20 * 1024 ** 2, headersMax: 100 } },
      admin: { host: "127.0.0.1", port: 7228, allowRemote: false },
      models: {},
      keys: { required: true },
      overload: { inFlightMax: 10_000 },
      log: { retention: { days: 30, bytes: 5 * 1024 ** 3 }, flushIntervalMs: 100 },
      dataDir: ".sallyport",
    });
    expect(secretPaths(config)).toEqual(["providers.openai.key"]);
    expect(files).toEqual([]);
  });

  it("another provider by dialect and base URL", () => {
    const { config } = configOf(
      "providers:\n  my-vllm: { dialect: openai-chat, baseUrl: http://127.0.0.1:8000/v1/, models: ['*'] }\n",
    );
    expect(config.providers["my-vllm"]).toMatchObject({
      dialects: ["openai-chat"],
      baseUrl: "http://127.0.0.1:8000/v1",
      key: undefined,
      models: ["*"],
      known: undefined,
    });
  });

  it("a provider that speaks several dialects", () => {
    const { config } = configOf(
      "providers:\n  both: { dialects: [openai-chat, anthropic-messages], baseUrl: http://127.0.0.1:8000/v1 }\n",
    );
    expect(config.providers["both"]?.dialects).toEqual(["openai-chat", "anthropic-messages"]);
  });

  it("a second account at a known provider", () => {
    const { config } = configOf("providers:\n  team-b: { like: openai, key: file:/run/secrets/key }\n");
    expect(config.providers["team-b"]).toMatchObject({
      known: "openai",
      baseUrl: "https://api.openai.com/v1",
    });
  });

  it("both forms of a pool and of a target", () => {
    const { config } = configOf(
      `${openai}models:\n  short: [openai/gpt-5-mini, openai/org/model]\n  long: { targets: [{ provider: openai, model: gpt-5 }, openai/o3] }\n`,
    );
    expect(config.models).toEqual({
      short: {
        targets: [
          { provider: "openai", model: "gpt-5-mini" },
          { provider: "openai", model: "org/model" },
        ],
      },
      long: {
        targets: [
          { provider: "openai", model: "gpt-5" },
          { provider: "openai", model: "o3" },
        ],
      },
    });
  });

  it("a secret in a file, without its final line break, and says which file that was", () => {
    const { config, files } = configOf("providers:\n  openai: { key: file:/run/secrets/key }\n");
    expect(config.providers["openai"]?.key?.reveal()).toBe("sk-canary-2");
    expect(files).toEqual(["/run/secrets/key"]);
  });

  it.for([
    { name: "a reference in a block map", text: "server:\n  port: ${PORT}\n" },
    { name: "a reference in a flow map", text: "server: { port: ${PORT} }\n" },
    { name: "a quoted reference", text: 'server: { port: "${PORT}" }\n' },
    { name: "a default that is not needed", text: "server: { port: ${PORT:-1} }\n" },
    { name: "a default for a variable that is not set", text: "server: { port: ${NOPE:-8080} }\n" },
    { name: "a default for a variable that is empty", text: "server: { port: ${EMPTY:-8080} }\n" },
    { name: "a part of a number", text: "server: { port: ${NOPE:-80}80 }\n" },
  ])("$name where a number is wanted", ({ text }) => {
    expect(configOf(openai + text).config.server.port).toBe(8080);
  });

  it("a reference where a switch is wanted", () => {
    expect(
      configOf(`${openai}admin: { allowRemote: \${FLAG}, host: \${HOST} }\n`).config.admin,
    ).toMatchObject({ allowRemote: true, host: "10.0.0.7" });
  });

  it("$${ as the characters themselves", () => {
    expect(configOf(`${openai}dataDir: "/var/$\${x}/y"\n`).config.dataDir).toBe("/var/${x}/y");
  });

  it("sizes and spans with their unit", () => {
    const { server, log } = configOf(
      `${openai}server: { limits: { bodyBytesMax: 30 MiB, headersTimeoutMs: 5 s } }\nlog: { retention: { bytes: 2 GB } }\n`,
    ).config;
    expect([server.limits.bodyBytesMax, server.limits.headersTimeoutMs, log.retention.bytes]).toEqual([
      30 * 1024 ** 2,
      5000,
      2e9,
    ]);
  });

  it("a literal secret when that is allowed", () => {
    const { config } = configOf("allowLiteralSecrets: true\nproviders:\n  openai: { key: sk-plain }\n");
    expect(config.providers["openai"]?.key?.reveal()).toBe("sk-plain");
  });

  it("a literal header that is no credential, in lower case and hidden all the same", () => {
    const { config } = configOf(
      "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { X-Title: shop, authorization: Bearer ${OPENAI_API_KEY} } }\n",
    );
    expect(config.providers["openai"]?.headers["x-title"]?.reveal()).toBe("shop");
    expect(config.providers["openai"]?.headers["authorization"]?.reveal()).toBe("Bearer sk-canary-1");
    expect(secretPaths(config)).toEqual([
      "providers.openai.key",
      "providers.openai.headers.x-title",
      "providers.openai.headers.authorization",
    ]);
    expect(JSON.stringify(config)).not.toContain("canary");
  });

  it("sections that are named but empty, comments, anchors and a byte order mark", () => {
    expect(
      configOf(
        `\ufeff# \${NOT_A_REFERENCE}\nserver:\nmodels:\n${openai}  second: { like: openai, key: \${OPENAI_API_KEY}, timeouts: &t { headMs: 5 s } }\n  third: { like: openai, key: \${OPENAI_API_KEY}, timeouts: *t }\n`,
      ).config.providers["third"]?.timeouts.headMs,
    ).toBe(5000);
  });

  it("zones of one's own, and what is bound to them", () => {
    const { regions, models } = configOf(
      "regions: { here: lab-1, zones: { lab-1: [de] }, residency: [eu], egress: [{ from: lab-1, perGb: 0.09 }] }\nproviders:\n  ollama: { region: lab-1 }\nmodels:\n  a: { targets: [ollama/x], residency: [lab-1, ch], prefer: [same-region] }\n",
    ).config;
    expect(regions).toEqual({
      here: "lab-1",
      zones: { "lab-1": ["de"] },
      residency: ["eu"],
      egress: [{ from: "lab-1", perGb: 0.09 }],
    });
    expect(models["a"]).toMatchObject({ residency: ["lab-1", "ch"], prefer: ["same-region"] });
  });

  it("any address for the data plane, since every route of it needs a key", () => {
    expect(configOf(`${openai}server: { host: 0.0.0.0 }\n`).config.server.host).toBe("0.0.0.0");
  });
});

describe("parseConfig", () => {
  it("reports everything that is wrong at once, in the order of the text", () => {
    expect(
      problemsOf("models:\n  a: 1\nproviders:\n  openai: { key: ${NOPE} }\nserver: { port: x }\n").map(
        (text) => text.split(" ", 1)[0],
      ),
    ).toEqual(["2:6", "4:18", "5:17"]);
  });

  it("knows no zone that nobody knows", () => {
    expect(
      problemsOf(
        "regions: { here: eu-central-l, residency: [europe], egress: [{ to: us-east-l, perGb: 1 }] }\nproviders: { ollama: {} }\nmodels:\n  a: { targets: [ollama/x], residency: [eu, lab-1] }\n",
      ),
    ).toEqual([
      expect.stringContaining("did you mean `eu-central-1`?"),
      expect.stringContaining("`europe` is no zone that is known"),
      expect.stringContaining("did you mean `us-east-1`?"),
      expect.stringMatching(/^4:\d+ .*`lab-1` is no zone that is known/),
    ]);
  });

  const piece = fc.constantFrom(
    "providers:",
    "\n",
    "  ",
    "openai:",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "key",
    "${OPENAI_API_KEY}",
    "${",
    "&a",
    "*a",
    "- ",
    "#",
    '"',
    "'",
    "server",
    "port",
    "7227",
    ",",
    "!!map",
    "null",
    "models",
    "\t",
    "|",
    ">",
    "file:/run/secrets/key",
    "\u0000",
    "é",
    "openai/x",
  );

  it("never throws, places every problem inside the text, and never prints a secret", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const parsed = parseConfig(text, world);
        if (parsed.kind === "valid") return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        const lines = text.split("\n");
        for (const { line, column, message } of parsed.problems) {
          expect(message).not.toContain("canary");
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[(line ?? 1) - 1]?.length ?? 0) + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("never shows what a reference resolved to, however wrong it is", () => {
    const secrets = parseWorldOf({ WORD: "canary value", OPENAI_API_KEY: "canary key with spaces" });
    const parsed = parseConfig(
      "server: { port: ${WORD}, host: ${WORD} }\nproviders: { openai: { key: ${OPENAI_API_KEY} } }\npricing: { unknownModel: ${WORD} }\n",
      secrets,
    );
    if (parsed.kind === "valid") throw new Error("must be invalid");
    expect(parsed.problems).toHaveLength(4);
    expect(JSON.stringify(parsed.problems)).not.toContain("canary");
  });
});
