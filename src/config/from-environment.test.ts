import { describe, expect, it } from "vitest";
import { configFromEnvironment, demoConfig, type LocalServer } from "./from-environment.ts";
import { smallCatalog } from "./parse.test-support.ts";
import type { KnownProvider } from "./resolve-provider.ts";

function find(env: Readonly<Record<string, string>>, local: readonly LocalServer[] = []) {
  return configFromEnvironment({ env: (name) => env[name], catalog: smallCatalog, local });
}

const ollama: LocalServer = { known: "ollama", baseUrl: "http://127.0.0.1:11434/v1", models: ["qwen3:8b"] };

const variable = (env: Readonly<Record<string, string>>, name: string) => env[name];
const bedrock: KnownProvider = {
  id: "bedrock",
  dialects: ["bedrock-converse"],
  baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
  environment: ["AWS_BEARER_TOKEN_BEDROCK"],
  takesAwsCredentials: true,
  models: [],
};
const awsKeys = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "canary/secret" };

describe("configFromEnvironment", () => {
  it("finds nothing where there is no key and no server", () => {
    expect(find({ PATH: "/bin", OPENAI_API_KEY: "  " })).toEqual({ kind: "nothing", ignored: [] });
  });

  it("makes a provider of each key, in the catalogue's order, and of each local server", () => {
    const found = find({ CLAUDE_API_KEY: "sk-c", OPENAI_API_KEY: " sk-o\n" }, [ollama]);
    if (found.kind === "nothing") throw new Error("must be found");
    expect(found.found).toEqual([
      { provider: "openai", by: "OPENAI_API_KEY" },
      { provider: "anthropic", by: "CLAUDE_API_KEY" },
      { provider: "ollama", by: "http://127.0.0.1:11434/v1" },
    ]);
    expect(Object.keys(found.config.providers)).toEqual(["openai", "anthropic", "ollama"]);
    expect(found.config.providers["openai"]?.key?.reveal()).toBe("sk-o");
    expect(found.config.providers["anthropic"]).toMatchObject({
      dialects: ["anthropic-messages"],
      baseUrl: "https://api.anthropic.com",
    });
    expect(found.config.providers["ollama"]).toMatchObject({
      known: "ollama",
      key: undefined,
      models: ["qwen3:8b"],
    });
  });

  it("prefers the usual variable of a provider to its other ones", () => {
    const found = find({ CLAUDE_API_KEY: "sk-other", ANTHROPIC_API_KEY: "sk-usual" });
    expect(found.kind === "found" && found.config.providers["anthropic"]?.key?.reveal()).toBe("sk-usual");
  });

  it("leaves a variable alone that cannot be a key, and says so", () => {
    expect(find({ OPENAI_API_KEY: "two words" })).toEqual({ kind: "nothing", ignored: ["OPENAI_API_KEY"] });
    expect(find({ OPENAI_API_KEY: "two words", ANTHROPIC_API_KEY: "sk" })).toMatchObject({
      kind: "found",
      ignored: ["OPENAI_API_KEY"],
    });
  });

  it.for([
    {
      name: "a bearer token",
      env: { AWS_BEARER_TOKEN_BEDROCK: "abc", AWS_REGION: "eu-central-1" },
      by: "AWS_BEARER_TOKEN_BEDROCK",
    },
    {
      name: "the credentials of AWS",
      env: { ...awsKeys, AWS_REGION: " ", AWS_DEFAULT_REGION: "eu-central-1" },
      by: "AWS_ACCESS_KEY_ID",
    },
  ])("finds Bedrock by $name and its region", ({ env, by }) => {
    const found = configFromEnvironment({
      env: (name) => variable(env, name),
      catalog: [bedrock],
      local: [],
    });
    expect(found).toMatchObject({
      kind: "found",
      found: [{ provider: "bedrock", by }],
      config: { providers: { bedrock: { baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com" } } },
    });
    const provider = found.kind === "found" ? found.config.providers["bedrock"] : undefined;
    expect(provider?.key?.reveal()).toBe(variable(env, "AWS_BEARER_TOKEN_BEDROCK"));
    expect(provider?.aws?.secretAccessKey.reveal()).toBe(variable(env, "AWS_SECRET_ACCESS_KEY"));
  });

  it.for([
    { name: "without a region", env: awsKeys, ignored: [] },
    {
      name: "by credentials that are none",
      env: { ...awsKeys, AWS_ACCESS_KEY_ID: "no", AWS_REGION: "eu-west-1" },
      ignored: ["AWS_ACCESS_KEY_ID"],
    },
    {
      name: "by half of them",
      env: { AWS_ACCESS_KEY_ID: awsKeys.AWS_ACCESS_KEY_ID, AWS_REGION: "eu-west-1" },
      ignored: [],
    },
  ])("does not find Bedrock $name", ({ env, ignored }) => {
    expect(
      configFromEnvironment({ env: (name) => variable(env, name), catalog: [bedrock], local: [] }),
    ).toEqual({ kind: "nothing", ignored });
  });

  it("listens on this machine only", () => {
    const found = find({ OPENAI_API_KEY: "sk" });
    expect(found).toMatchObject({
      config: { server: { host: "127.0.0.1", port: 7227 }, admin: { host: "127.0.0.1", port: 7228 } },
    });
  });
});

describe("demoConfig", () => {
  it("has the sandbox as its only provider, in the dialects of all clients", () => {
    const { providers, server } = demoConfig("http://127.0.0.1:7229", smallCatalog);
    expect(Object.keys(providers)).toEqual(["sandbox"]);
    expect(providers["sandbox"]).toMatchObject({
      dialects: ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"],
      baseUrl: "http://127.0.0.1:7229/v1",
      key: undefined,
    });
    expect(server.host).toBe("127.0.0.1");
  });
});
