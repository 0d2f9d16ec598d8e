import { expect, it } from "vitest";
import { problemsOf } from "./parse.test-support.ts";

const literal = "allowLiteralSecrets: true\n";
const service = (sign: string): string =>
  `${literal}services: { s: { baseUrl: "http://127.0.0.1:1", sign: { keyId: k, key: secret, ${sign} } } }\nroutes: { r: { path: /r, service: s } }\n`;

it.for([
  ["another algorithm", "profile: sallyport-hmac-v1, algorithm: ed25519", /must be `hmac-sha256`/],
  ["components", "profile: sallyport-hmac-v1, components: [x-a]", /`components` and `tag` are of `rfc9421`/],
  ["a tag", "profile: sallyport-hmac-v1, tag: t", /`components` and `tag` are of `rfc9421`/],
] as const)("the simple profile takes no %s", ([, sign, expected]) => {
  expect(problemsOf(service(sign)).join("\n")).toMatch(expected);
  expect(problemsOf(service(sign.replace("sallyport-hmac-v1", "rfc9421")))).toEqual([]);
});

it("nobody signs what another signature still changes: `sign` does not stand beside `aws`", () => {
  const provider = (more: string): string =>
    `${literal}providers: { b: { dialect: bedrock-converse, baseUrl: "https://b.example", region: eu-central-1, aws: { accessKeyId: AKIAIOSFODNN7EXAMPLE, secretAccessKey: s }, models: ["*"]${more} } }\n`;
  expect(problemsOf(provider(""))).toEqual([]);
  expect(problemsOf(provider(", sign: { keyId: k, key: s }")).join("\n")).toMatch(/both `sign` and `aws`/);
});
