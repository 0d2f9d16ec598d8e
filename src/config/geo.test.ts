import { describe, expect, it } from "vitest";
import { diffConfigs, showConfig } from "./diff.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const text = "providers: { ollama: {} }\ngeo: { cidrs: offices.txt, trustedProxies: [10.0.0.0/8] }\n";
const parsed = (offices?: string, written = text) =>
  parseConfig(written, parseWorldOf({}, offices === undefined ? {} : { "offices.txt": offices }));
function configOf(offices: string) {
  const outcome = parsed(offices);
  if (outcome.kind === "invalid") throw new Error(outcome.problems[0]?.message);
  return outcome.config;
}

describe("geo.cidrs", () => {
  it("is read with the configuration, and followed as a part of it", () => {
    expect(configOf("10.1.0.0/16 de\n").geo).toMatchObject({
      trustedProxies: ["10.0.0.0/8"],
      networks: { size: 1 },
    });
    expect(parsed("10.1.0.0/16 de\n").files).toEqual(["offices.txt"]);
    expect(parsed("broken").files).toEqual(["offices.txt"]);
  });

  it("is a change of the configuration when it changes, without all of it being shown", () => {
    const [before, after] = [configOf("10.1.0.0/16 de\n"), configOf("10.2.0.0/16 de\n")];
    expect(diffConfigs(before, configOf("10.1.0.0/16 de\n"))).toEqual([]);
    expect(diffConfigs(before, after)).toMatchObject([{ path: "geo.networks.digest", needsRestart: false }]);
    expect(JSON.stringify(showConfig(after))).not.toContain("10.2.0.0");
  });

  it.for<{ name: string; offices: string | undefined; message: string }>([
    { name: "is not there", offices: undefined, message: "cannot be read: there is no such file" },
    {
      name: "is no list",
      offices: "10.1.0.0/16 de\nsecret words",
      message: "line 2 is no network and region",
    },
    { name: "names what nobody knows", offices: "10.1.0.0/16 atlantis", message: "line 1 names no zone" },
  ])(
    "refuses the configuration when it $name, and tells nothing of what stands in it",
    ({ offices, message }) => {
      const outcome = parsed(offices);
      const problems = outcome.kind === "invalid" ? outcome.problems : [];
      expect(problems).toMatchObject([
        { path: "geo.cidrs", line: 2, message: expect.stringContaining(message) },
      ]);
      expect(problems[0]?.message).not.toMatch(/secret|atlantis/);
    },
  );

  it("takes addresses and networks of proxies, and nothing else", () => {
    const written = "providers: { ollama: {} }\ngeo: { trustedProxies: [proxy.example] }\n";
    const outcome = parsed(undefined, written);
    expect(outcome.kind === "invalid" ? outcome.problems[0]?.message : "").toContain("10.0.0.0/8");
  });
});
