import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveLastGood } from "../../src/cli/last-good-file.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { createExpressions } from "../../src/platform/cel/index.ts";
import { openInstallation } from "../../src/platform/secrets/index.ts";
import { runGateway } from "../support/running-gateway.ts";
import { typed } from "../support/typed-command.ts";

describe("the last good configuration", () => {
  const good =
    'providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1, key: "${LOCAL_KEY}" }\nmodels:\n  fast: [local/llama]\n';
  const broken = good.replace("models:", "modles:");
  const env = { LOCAL_KEY: "sk-canary" };
  let place: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "sallyport-last-good-"));
    const parsed = parseConfig(good, {
      env: () => "sk-canary",
      readFile: () => ({ kind: "unreadable", reason: "" }),
      catalog: [],
      expressions: createExpressions(),
    });
    if (parsed.kind === "invalid") throw new Error("the good one is good");
    const kept = {
      file: join(place, "sallyport.yaml"),
      keptAt: "2026-11-25T08:00:00.000Z",
      tree: parsed.written.tree,
    };
    saveLastGood(join(place, "data"), kept, openInstallation(join(place, "data")).digestOf);
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  /** `start` on the broken file; it must end by itself. */
  const refused = (...args: readonly string[]) => {
    writeFileSync(join(place, "sallyport.yaml"), broken);
    return typed(place, ["start", "--data-dir", "data", ...args], env);
  };

  it("starts in place of a broken file, says so everywhere, and gives way to the file once that is right", async () => {
    await using gateway = await runGateway({ config: broken, directory: place, env });
    expect(gateway.stderr()).toContain("sallyport.yaml:3:1: unknown field `modles`; did you mean `models`?");
    expect(gateway.stderr()).toContain("   3 | modles:\n     | ^\n");
    expect(gateway.stderr()).toMatch(/WARNING: the last good configuration, kept at 2026-11-25T08:00:00/);
    expect(await gateway.admin("/config")).toMatchObject({
      generation: 1,
      problems: [{ line: 3, path: "modles" }],
      running: { models: { fast: {} } },
    });
    const readiness = await fetch(`${gateway.adminUrl}/readyz`);
    expect([readiness.status, await readiness.text()]).toEqual([200, "ready\ndegraded: config\n"]);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    writeFileSync(gateway.configFile, good.replace("llama", "qwen"));
    expect(await gateway.admin("/config/reload", { method: "POST" })).toMatchObject({
      generation: 2,
      problems: [],
    });
    expect(await (await fetch(`${gateway.adminUrl}/readyz`)).text()).toBe("ready\n");
  });

  it("does not start with --strict-config", () => {
    const ended = refused("--strict-config");
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("unknown field `modles`");
    expect(ended.stderr).not.toContain("last good");
  });

  it.for([
    {
      name: "there is none",
      spoil: (file: string) => rmSync(file),
      why: "nothing is kept in",
    },
    {
      name: "it was changed by hand",
      spoil: (file: string) => writeFileSync(file, readFileSync(file, "utf8").replace("llama", "qwen")),
      why: "is damaged, or not of this installation",
    },
  ])("is no help when $name, and the error says so", ({ spoil, why }) => {
    spoil(join(place, "data/last-good.json"));
    const ended = refused();
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("unknown field `modles`");
    expect(ended.stderr).toContain("There is no last good configuration to go on with");
    expect(ended.stderr).toContain(why);
  });

  it("is no help when a key it refers to is gone", () => {
    writeFileSync(join(place, "sallyport.yaml"), broken);
    const ended = typed(place, ["start", "--data-dir", "data"]);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("cannot be used either: the environment variable `LOCAL_KEY`");
  });

  it("is never that of another file", () => {
    writeFileSync(join(place, "other.yaml"), broken);
    const ended = refused("--config", "other.yaml");
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(`is of another file, ${join(place, "sallyport.yaml")}`);
  });
});
