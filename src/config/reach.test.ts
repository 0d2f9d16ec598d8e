import { describe, expect, it } from "vitest";
import { problemsOf, testWorld as world } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";
import { reachByHost } from "./reach.ts";

const services = (...written: readonly string[]): string =>
  `services: {${written.map((fields, index) => ` s${index}: { ${fields} }`).join(",")} }
routes: { r: { path: /r, service: s0 } }
`;
const reachOf = (text: string): Readonly<Record<string, string>> => {
  const parsed = parseConfig(text, world);
  if (parsed.kind !== "valid") throw new Error(problemsOf(text).join("\n"));
  return Object.fromEntries(reachByHost(parsed.config));
};

describe("how far upstreams may be reached", () => {
  it("is what is written of each, at all of its addresses, and of others nothing", () => {
    const text = services(
      "baseUrl: https://a.example",
      "allowPrivate: true, endpoints: [{ baseUrl: https://b.example }, { baseUrl: 'https://B2.example:8443/x' }]",
      "allowMetadata: true, baseUrl: 'http://169.254.169.254'",
    );
    expect(reachOf(text)).toEqual({
      "b.example": "private",
      "b2.example": "private",
      "169.254.169.254": "metadata",
    });
  });

  it.for([
    "http://169.254.169.254/latest",
    "http://[fd00:ec2::254]",
    "http://100.100.100.200",
    "http://2852039166",
    "http://0xa9fea9fe",
    "http://169.254.43518",
    "http://[::ffff:169.254.169.254]",
  ])("is not the metadata of a cloud unless that is said: %s", (url) => {
    expect(problemsOf(services(`baseUrl: '${url}'`)).join("\n")).toMatch(/metadata service of a cloud/);
    expect(problemsOf(services(`allowPrivate: true, baseUrl: '${url}'`)).join("\n")).toMatch(/metadata/);
    expect(problemsOf(services(`allowMetadata: true, baseUrl: '${url}'`))).toEqual([]);
  });

  it("is one thing for all upstreams at one host: none opens it for another", () => {
    const at = "baseUrl: 'https://vpn.example:1'";
    const other = "baseUrl: 'https://VPN.example:2/x'";
    expect(problemsOf(services(`${at}, allowPrivate: true`, other)).join("\n")).toMatch(
      /`services\.s1` and `services\.s0` are both at `vpn\.example`/,
    );
    expect(problemsOf(services(`${at}, allowPrivate: true`, `${other}, allowMetadata: true`))).toHaveLength(
      1,
    );
    expect(problemsOf(services(`${at}, allowPrivate: true`, `${other}, allowPrivate: true`))).toEqual([]);
    expect(problemsOf(services(at, other))).toEqual([]);
    expect(
      problemsOf(
        `providers: { p: { dialect: openai-chat, baseUrl: 'https://vpn.example/v1', models: ["*"] } }\n${services(`${at}, allowPrivate: true`)}`,
      ).join("\n"),
    ).toMatch(/`services\.s0` and `providers\.p`/);
  });
});
