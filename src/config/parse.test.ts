import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWorldOf } from "./catalog.test-support.ts";
import { parseConfig } from "./parse.ts";

const world = parseWorldOf({ OPENAI_API_KEY: "sk-canary-1", PORT: "8080", FLAG: "true", EMPTY: "", HOST: "10.0.0.7" }, { "/run/secrets/key": "sk-canary-2\n" });

/** Problems as a compiler prints them. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseConfig(text, world);
  return parsed.kind === "valid" ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function configOf(text: string) {
  const parsed = parseConfig(text, world);
  if (parsed.kind === "invalid") throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed;
}

/** A text that is valid but for what is added to it, on line 3 and below. */
const openai = "providers:\n  openai: { key: ${OPENAI_API_KEY} }\n";

describe("parseConfig takes", () => {
  it("a known provider with its key alone, and fills in all else", () => {
    const { config, secretPaths, files } = configOf(openai);
    expect(config.providers["openai"]).toMatchObject({
      id: "openai",
      known: "openai",
      dialects: ["openai-chat"],
      baseUrl: "https://api.openai.com/v1",
      models: ["gpt-*", "o3*"],
      headers: {},
      timeouts: { headMs: 60_000, idleMs: 60_000 },
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
    expect(secretPaths).toEqual(["providers.openai.key"]);
    expect(files).toEqual([]);
  });

  it("another provider by dialect and base URL", () => {
    const { config } = configOf("providers:\n  my-vllm: { dialect: openai-chat, baseUrl: http://127.0.0.1:8000/v1/, models: ['*'] }\n");
    expect(config.providers["my-vllm"]).toMatchObject({ dialects: ["openai-chat"], baseUrl: "http://127.0.0.1:8000/v1", key: undefined, models: ["*"], known: undefined });
  });

  it("a provider that speaks several dialects", () => {
    const { config } = configOf("providers:\n  both: { dialects: [openai-chat, anthropic-messages], baseUrl: http://127.0.0.1:8000/v1 }\n");
    expect(config.providers["both"]?.dialects).toEqual(["openai-chat", "anthropic-messages"]);
  });

  it("a second account at a known provider", () => {
    const { config } = configOf("providers:\n  team-b: { like: openai, key: file:/run/secrets/key }\n");
    expect(config.providers["team-b"]).toMatchObject({ known: "openai", baseUrl: "https://api.openai.com/v1" });
  });

  it("both forms of a pool and of a target", () => {
    const { config } = configOf(`${openai}models:\n  short: [openai/gpt-5-mini, openai/org/model]\n  long: { targets: [{ provider: openai, model: gpt-5 }, openai/o3] }\n`);
    expect(config.models).toEqual({
      short: { targets: [{ provider: "openai", model: "gpt-5-mini" }, { provider: "openai", model: "org/model" }] },
      long: { targets: [{ provider: "openai", model: "gpt-5" }, { provider: "openai", model: "o3" }] },
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
    expect(configOf(`${openai}admin: { allowRemote: \${FLAG}, host: \${HOST} }\n`).config.admin).toMatchObject({ allowRemote: true, host: "10.0.0.7" });
  });

  it("$${ as the characters themselves", () => {
    expect(configOf(`${openai}dataDir: "/var/$\${x}/y"\n`).config.dataDir).toBe("/var/${x}/y");
  });

  it("sizes and spans with their unit", () => {
    const { server, log } = configOf(`${openai}server: { limits: { bodyBytesMax: 30 MiB, headersTimeoutMs: 5 s } }\nlog: { retention: { bytes: 2 GB } }\n`).config;
    expect([server.limits.bodyBytesMax, server.limits.headersTimeoutMs, log.retention.bytes]).toEqual([30 * 1024 ** 2, 5000, 2e9]);
  });

  it("a literal secret when that is allowed", () => {
    const { config } = configOf("allowLiteralSecrets: true\nproviders:\n  openai: { key: sk-plain }\n");
    expect(config.providers["openai"]?.key?.reveal()).toBe("sk-plain");
  });

  it("a literal header that is no credential, in lower case and hidden all the same", () => {
    const { config, secretPaths } = configOf("providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { X-Title: shop, authorization: Bearer ${OPENAI_API_KEY} } }\n");
    expect(config.providers["openai"]?.headers["x-title"]?.reveal()).toBe("shop");
    expect(config.providers["openai"]?.headers["authorization"]?.reveal()).toBe("Bearer sk-canary-1");
    expect(secretPaths).toEqual(["providers.openai.key", "providers.openai.headers.x-title", "providers.openai.headers.authorization"]);
    expect(JSON.stringify(config)).not.toContain("canary");
  });

  it("sections that are named but empty, comments, anchors and a byte order mark", () => {
    expect(configOf(`\ufeff# \${NOT_A_REFERENCE}\nserver:\nmodels:\n${openai}  second: { like: openai, key: \${OPENAI_API_KEY}, timeouts: &t { headMs: 5 s } }\n  third: { like: openai, key: \${OPENAI_API_KEY}, timeouts: *t }\n`).config.providers["third"]?.timeouts.headMs).toBe(5000);
  });

  it("any address for the data plane, since every route of it needs a key", () => {
    expect(configOf(`${openai}server: { host: 0.0.0.0 }\n`).config.server.host).toBe("0.0.0.0");
  });
});

describe("parseConfig refuses", () => {
  it.for<{ name: string; text: string; problems: readonly string[] }>([
    { name: "what is not YAML", text: "a: [\n", problems: ["2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]"] },
    { name: "tabs as indentation", text: "server:\n\tport: 1\n", problems: ["2:1 this is not YAML: tabs are not allowed as indentation"] },
    { name: "a tag", text: "dataDir: !env X\n", problems: ["1:10 this is not YAML: unresolved tag: !env"] },
    { name: "two documents", text: "a: 1\n---\nb: 2\n", problems: ["2:1 this is not YAML: source contains multiple documents; please use YAML.parseAllDocuments()"] },
    { name: "nothing at all", text: "", problems: ["1:1 `providers` names no provider, so nothing could be answered; for example `openai: { key: ${OPENAI_API_KEY} }`"] },
    { name: "a list", text: "- a\n", problems: ["1:1 the configuration must be a map of fields, not a list"] },
    { name: "a bare word", text: "hello\n", problems: ['1:1 the configuration must be a map of fields, not "hello"'] },
    { name: "a field given twice", text: `${openai}server:\n  port: 1\n  host: localhost\n  port: 2\n`, problems: ["6:3 `port` is given twice; the first is on line 4"] },
    { name: "two pools of one name", text: `${openai}models:\n  fast: [openai/a]\n  fast: [openai/b]\n`, problems: ["5:3 `fast` is given twice; the first is on line 4"] },
    { name: "merge keys", text: "<<: {}\n", problems: ["1:1 merge keys (`<<`) are not taken here"] },
    { name: "a name that JavaScript would misread", text: "__proto__: {}\n", problems: ["1:1 `__proto__` cannot be a name"] },
    { name: "a list as a name", text: "? [a]\n: 1\n", problems: ["1:3 the name of a field must be plain text"] },
    { name: "an alias without anchor", text: "server: *nope\n", problems: ["1:9 there is no anchor `&nope` before this"] },
    { name: "an unknown section, with the nearest name", text: `${openai}servr: {}\n`, problems: ["3:1 unknown field `servr`; did you mean `server`?"] },
    { name: "an unknown field, with the nearest name", text: `${openai}server:\n  prot: 80\n`, problems: ["4:3 unknown field `prot` in `server`; did you mean `port`?"] },
    { name: "an unknown field that is like no other, with all names", text: `${openai}keys: { allowUnauthenticated: true }\n`, problems: ["3:9 unknown field `allowUnauthenticated` in `keys`; known here: `required`"] },
    { name: "an unknown field of a provider", text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, baseURL: x }\n", problems: ["2:37 unknown field `baseURL` in `providers.openai`; did you mean `baseUrl`?"] },
    { name: "an unknown field inside a target", text: `${openai}models: { fast: [{ provider: openai, modell: x }] }\n`, problems: ["3:18 `models.fast[0]` needs `model`", "3:38 unknown field `modell` in `models.fast[0]`; did you mean `model`?"] },
    { name: "text for a number", text: `${openai}server: { port: http }\n`, problems: ['3:17 `server.port` must be a number, not "http"'] },
    { name: "a quoted number", text: `${openai}server: { port: "80" }\n`, problems: ['3:17 `server.port` must be a number, not "80"'] },
    { name: "a fraction for a whole number", text: `${openai}server: { port: 80.5 }\n`, problems: ["3:17 `server.port` must be a whole number, not 80.5"] },
    { name: "a number above its bound", text: `${openai}server: { port: 70000 }\n`, problems: ["3:17 `server.port` must be at most 65535, not 70000"] },
    { name: "a number below its bound", text: `${openai}overload: { inFlightMax: 0 }\n`, problems: ["3:26 `overload.inFlightMax` must be at least 1, not 0"] },
    { name: "a size in a unit of time", text: `${openai}server: { limits: { bodyBytesMax: 5 s } }\n`, problems: ['3:35 `server.limits.bodyBytesMax` must be a number, not "5 s"'] },
    { name: "a number for a switch", text: `${openai}admin: { allowRemote: 1 }\n`, problems: ["3:23 `admin.allowRemote` must be `true` or `false`, not 1"] },
    { name: "a map for text", text: `${openai}dataDir: { a: 1 }\n`, problems: ["3:10 `dataDir` must be text, not a map"] },
    { name: "a field without value", text: `${openai}server:\n  port:\n`, problems: ["4:8 `server.port` must be a number, but it is empty"] },
    { name: "an empty provider", text: "providers:\n  openai:\n", problems: ["2:10 `providers.openai` must be a map of fields, but it is empty"] },
    { name: "an unknown word", text: `${openai}pricing: { unknownModel: alrt }\n`, problems: ['3:26 `pricing.unknownModel` must be one of `alert`, `refuse`, not "alrt"; did you mean `alert`?'] },
    { name: "to open the data plane to strangers", text: `${openai}keys: { required: false }\n`, problems: ["3:19 `keys.required` can only be `true`, not false"] },
    { name: "a provider's name with a slash", text: "providers:\n  a/b: { dialect: openai-chat, baseUrl: http://h }\n", problems: ['2:3 the name "a/b" must be a name of letters, digits and `. _ -` that begins with a letter or a digit'] },
    { name: "an unknown dialect", text: "providers:\n  a: { dialect: openai, baseUrl: http://h }\n", problems: ['2:17 `providers.a.dialect` must be one of `openai-chat`, `anthropic-messages`, not "openai"; did you mean `openai-chat`?'] },
    { name: "dialect beside dialects", text: "providers:\n  a: { dialect: openai-chat, dialects: [openai-chat], baseUrl: http://h }\n", problems: ["2:30 `providers.a` has both `dialect` and `dialects`; keep one"] },
    { name: "a provider nobody knows", text: "providers:\n  opnai: { key: ${OPENAI_API_KEY} }\n", problems: ["2:3 the provider `opnai` is not in the catalogue, so it needs `dialect` and `baseUrl`; did you mean `openai`?"] },
    { name: "a base URL without dialect", text: "providers:\n  mine: { baseUrl: http://h }\n", problems: ["2:3 the provider `mine` is not in the catalogue, so it needs `dialect`"] },
    { name: "likeness to a provider nobody knows", text: "providers:\n  mine: { like: opnai }\n", problems: ["2:17 `opnai` is not in the catalogue of providers; did you mean `openai`?"] },
    { name: "a known provider without key", text: "providers:\n  anthropic: {}\n", problems: ["2:3 the provider `anthropic` needs `key`, for example `key: ${ANTHROPIC_API_KEY}`"] },
    { name: "a base URL of another scheme", text: "providers:\n  a: { dialect: openai-chat, baseUrl: ftp://h }\n", problems: ["2:39 `providers.a.baseUrl` must begin with `http://` or `https://`"] },
    { name: "a base URL that leads back here", text: "providers:\n  a: { dialect: openai-chat, baseUrl: http://localhost:7227/v1 }\n", problems: ["2:39 `providers.a.baseUrl` leads back to this gateway"] },
    { name: "a framing header", text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { Content-Length: '1' } }\n", problems: ["2:48 the header `Content-Length` is the gateway's own to set"] },
    { name: "a header given in two cases", text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-a: '1', X-A: '2' } }\n", problems: ["2:58 the header `X-A` is given twice; case does not tell headers apart"] },
    { name: "a header of two lines", text: 'providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-a: "1\\nx: 2" } }\n', problems: ["2:53 `providers.openai.headers.x-a` must be one line of ASCII text"] },
    { name: "a literal secret", text: "providers:\n  openai: { key: sk-live }\n", problems: ["2:18 `providers.openai.key` is a literal secret; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`"] },
    { name: "a literal credential in a header", text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-api-key: abc } }\n", problems: ["2:59 `providers.openai.headers.x-api-key` is a literal secret; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`"] },
    { name: "a literal secret as default", text: "providers:\n  openai: { key: ${NOPE:-sk-live} }\n", problems: ["2:18 `providers.openai.key` has a literal secret as its default; write `${NAME}` or `file:/path`, or set `allowLiteralSecrets: true`"] },
    { name: "a variable that is not set", text: "providers:\n  openai: { key: ${NOPE} }\n", problems: ["2:18 the environment variable `NOPE` of `providers.openai.key` is not set"] },
    { name: "a variable that is empty", text: "providers:\n  openai:\n    key: ${EMPTY}\n", problems: ["3:10 the environment variable `EMPTY` of `providers.openai.key` is empty"] },
    { name: "a broken reference", text: "dataDir: a${B-c}\n" + openai, problems: ["1:10 `${B-c}` is no reference; write `${NAME}`, `${NAME:-default}`, or `$${` for the characters themselves"] },
    { name: "a secret where it would be shown", text: "providers:\n  a: { dialect: openai-chat, baseUrl: 'http://h/${OPENAI_API_KEY}' }\n", problems: ["2:39 `${OPENAI_API_KEY}` is named like a secret, and `providers.a.baseUrl` is shown openly; secrets belong into `key` or `headers`"] },
    { name: "a missing file of a secret", text: "providers:\n  openai: { key: file:/run/secrets/nope }\n", problems: ["2:18 the file `/run/secrets/nope` of `providers.openai.key` cannot be read: there is no such file"] },
    { name: "a file where no secret stands: it is text like any other", text: "providers:\n  a: { dialect: openai-chat, baseUrl: file:/run/secrets/key }\n", problems: ["2:39 `providers.a.baseUrl` must begin with `http://` or `https://`"] },
    { name: "two prices for the same calls", text: `${openai}pricing:\n  rows:\n    - { match: { model: x }, usdPerMillion: { input: 1 }, source: a }\n    - { match: { model: x }, usdPerMillion: { input: 2 }, source: b }\n`, problems: ["6:7 `pricing.rows[1]` matches the same calls as `pricing.rows[0]` from the same moment; tell them apart by `match` or `validFrom`"] },
    { name: "a pool without targets", text: `${openai}models: { fast: [] }\n`, problems: ["3:17 `models.fast` must have at least 1 entry, but it is empty"] },
    { name: "a pool that is no list", text: `${openai}models: { fast: openai/a }\n`, problems: ['3:17 `models.fast` must be a list or a map of fields, not "openai/a"'] },
    { name: "a target without provider", text: `${openai}models: { fast: [gpt-5] }\n`, problems: ['3:18 `models.fast[0]` must be `provider/model`, for example `openai/gpt-5-mini`, not "gpt-5"'] },
    { name: "a target at a provider that is not there", text: `${openai}models: { fast: [opnai/x] }\n`, problems: ["3:18 a target of `models.fast` names the provider `opnai`, which is not configured; did you mean `openai`?"] },
    { name: "the same in the long form", text: `${openai}models:\n  fast:\n    targets:\n      - { model: x, provider: zzz }\n`, problems: ["6:31 a target of `models.fast` names the provider `zzz`, which is not configured; configured are `openai`"] },
    { name: "a target given twice", text: `${openai}models: { fast: [openai/a, openai/a] }\n`, problems: ["3:28 `models.fast` has the target `openai/a` twice"] },
    { name: "a pool that hides a provider's model", text: `${openai}models: { openai/gpt-5: [openai/a] }\n`, problems: ['3:11 the pool `models["openai/gpt-5"]` would hide a model of the provider `openai`; give it another name'] },
    { name: "an admin port for everybody", text: `${openai}admin: { host: 0.0.0.0 }\n`, problems: ["3:16 `admin.host` 0.0.0.0 can be reached from other machines; keep 127.0.0.1, or set `admin.allowRemote: true` and put TLS before it"] },
    { name: "two listeners on one port", text: `${openai}admin: { port: 7227 }\n`, problems: ["3:16 `admin.port` and `server.port` are both 7227; they need different ports"] },
    { name: "characters that stand for references inside", text: "dataDir: \ue041\n", problems: ["1:10 characters U+E000 to U+E07F cannot be used here"] },
  ])("$name", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it("everything that is wrong at once, in the order of the text", () => {
    expect(problemsOf("models:\n  a: 1\nproviders:\n  openai: { key: ${NOPE} }\nserver: { port: x }\n").map((text) => text.split(" ", 1)[0])).toEqual(["2:6", "4:18", "5:17"]);
  });

  it("aliases that multiply", () => {
    const levels = Array.from({ length: 8 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join()}]`);
const problems = problemsOf(`l0: &l0 [1,2,3]\n${levels.join("\n")}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("aliases make this too large");
  });

  it("nesting without end", () => {
    expect(problemsOf(`a: ${"[".repeat(50_000)}`)).toHaveLength(1);
    expect(problemsOf(`a: ${"[".repeat(40)}${"]".repeat(40)}`)).toEqual(["1:36 nothing is nested deeper than 32 levels here"]);
  });

  it("a file above 4 MiB", () => {
    expect(problemsOf(`# ${"x".repeat(5_000_000)}`)).toEqual(["1:1 the file is larger than 4 MiB"]);
  });
});

describe("parseConfig", () => {
  const piece = fc.constantFrom("providers:", "\n", "  ", "openai:", "{", "}", "[", "]", ": ", "key", "${OPENAI_API_KEY}", "${", "&a", "*a", "- ", "#", '"', "'", "server", "port", "7227", ",", "!!map", "null", "models", "\t", "|", ">", "file:/run/secrets/key", "\u0000", "é", "openai/x");

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
    const parsed = parseConfig("server: { port: ${WORD}, host: ${WORD} }\nproviders: { openai: { key: ${OPENAI_API_KEY} } }\npricing: { unknownModel: ${WORD} }\n", secrets);
    if (parsed.kind === "valid") throw new Error("must be invalid");
    expect(parsed.problems).toHaveLength(4);
    expect(JSON.stringify(parsed.problems)).not.toContain("canary");
  });
});
