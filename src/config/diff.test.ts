import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffConfigs, keepUntilRestart, needsRestart, showConfig } from "./diff.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";
import type { Config } from "./schema.ts";

function configOf(text: string, key = "sk-canary-1"): Config {
  const parsed = parseConfig(text, parseWorldOf({ OPENAI_API_KEY: key }));
  if (parsed.kind === "invalid") throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed.config;
}

const openai = "providers:\n  openai: { key: ${OPENAI_API_KEY} }\n";
const ollama = "  ollama: {}\n";

describe("diffConfigs", () => {
  it("finds nothing between a configuration and itself read again", () => {
    expect(diffConfigs(configOf(openai), configOf(openai))).toEqual([]);
  });

  it.for([
    {
      name: "a changed number that can be taken at once",
      after: `${openai}overload: { inFlightMax: 5 }\n`,
      change: {
        path: "overload.inFlightMax",
        kind: "changed",
        before: "10000",
        after: "5",
        needsRestart: false,
      },
    },
    {
      name: "a port, which needs a restart",
      after: `${openai}server: { port: 80 }\n`,
      change: { path: "server.port", kind: "changed", before: "7227", after: "80", needsRestart: true },
    },
    {
      name: "a limit of the listener, which needs a restart",
      after: `${openai}server: { limits: { connectionsMax: 5 } }\n`,
      change: {
        path: "server.limits.connectionsMax",
        kind: "changed",
        before: "10000",
        after: "5",
        needsRestart: true,
      },
    },
    {
      name: "a limit that is read with each request, which does not",
      after: `${openai}server: { limits: { bodyBytesMax: 1 MiB } }\n`,
      change: {
        path: "server.limits.bodyBytesMax",
        kind: "changed",
        before: "20971520",
        after: "1048576",
        needsRestart: false,
      },
    },
    {
      name: "a new pool, whole",
      after: `${openai}models: { fast: [openai/gpt-5] }\n`,
      change: {
        path: "models.fast",
        kind: "added",
        before: null,
        after: '{"targets":[{"provider":"openai","model":"gpt-5"}]}',
        needsRestart: false,
      },
    },
    {
      name: "text without quotes",
      after: `${openai}dataDir: /var/lib/sallyport\n`,
      change: {
        path: "dataDir",
        kind: "changed",
        before: ".sallyport",
        after: "/var/lib/sallyport",
        needsRestart: true,
      },
    },
  ])("shows $name", ({ after, change }) => {
    expect(diffConfigs(configOf(openai), configOf(after))).toEqual([change]);
  });

  it("shows a pool that is gone as removed", () => {
    const [change] = diffConfigs(configOf(`${openai}models: { "gpt-5.1": [openai/x] }\n`), configOf(openai));
    expect(change).toMatchObject({ path: 'models["gpt-5.1"]', kind: "removed", after: null });
  });

  it("shows that a secret changed and neither the old nor the new one", () => {
    expect(diffConfigs(configOf(openai, "sk-old"), configOf(openai, "sk-new"))).toEqual([
      { path: "providers.openai.key", kind: "changed", before: "***", after: "***", needsRestart: false },
    ]);
  });

  it("hides the secrets of a new provider", () => {
    const changes = diffConfigs(configOf(`providers:\n${ollama}`), configOf(`${openai}${ollama}`));
    expect(JSON.stringify(changes)).toContain("providers.openai");
    expect(JSON.stringify(changes)).not.toContain("canary");
  });

  it("counts the order of providers as a change, since the first one that serves a model gets it", () => {
    const swapped = configOf(`providers:\n${ollama}  openai: { key: \${OPENAI_API_KEY} }\n`);
    expect(diffConfigs(configOf(openai + ollama), swapped)).toEqual([
      {
        path: "providers",
        kind: "changed",
        before: "in the order openai, ollama",
        after: "in the order ollama, openai",
        needsRestart: false,
      },
    ]);
  });
});

describe("keepUntilRestart", () => {
  const sections = fc
    .record({
      server: fc.record({
        port: fc.integer({ min: 1, max: 7000 }),
        drainTimeoutMs: fc.nat({ max: 9 }),
        shutdownDelayMs: fc.nat({ max: 9 }),
      }),
      limits: fc.record({
        headersMax: fc.integer({ min: 1, max: 9 }),
        connectionsMax: fc.integer({ min: 1, max: 9 }),
        bodyBytesMax: fc.integer({ min: 1024, max: 1030 }),
      }),
      admin: fc.record({ port: fc.integer({ min: 7001, max: 9000 }), allowRemote: fc.boolean() }),
      overload: fc.record({ inFlightMax: fc.integer({ min: 1, max: 9 }) }),
      log: fc.record({ flushIntervalMs: fc.integer({ min: 10, max: 12 }) }),
      dataDir: fc.constantFrom("a", "b"),
      pricing: fc.record({ unknownModel: fc.constantFrom("alert", "refuse") }),
    })
    .map(({ server, limits, ...others }) => {
      const written = Object.entries({ server: { ...server, limits }, ...others });
      return configOf(
        openai + written.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join(""),
      );
    });

  it("takes every change but those that need a restart, and leaves exactly those to wait", () => {
    fc.assert(
      fc.property(sections, sections, (running, next) => {
        const taken = keepUntilRestart(running, next);
        const all = diffConfigs(running, next);
        expect(diffConfigs(running, taken)).toEqual(all.filter((change) => !change.needsRestart));
        expect(diffConfigs(taken, next)).toEqual(all.filter((change) => change.needsRestart));
      }),
    );
  });
});

describe("needsRestart", () => {
  it("is about whole names", () => {
    expect(needsRestart("admin")).toBe(true);
    expect(needsRestart("administration")).toBe(false);
    expect(needsRestart("server.limits.headersMax")).toBe(false);
    expect(needsRestart("server.limits.headersTimeoutMs")).toBe(true);
  });
});

describe("showConfig", () => {
  it("gives plain values without secrets", () => {
    const shown = showConfig(configOf(openai));
    expect(shown).toMatchObject({ providers: { openai: { key: "***" } } });
    expect(JSON.stringify(shown)).not.toContain("canary");
  });
});
