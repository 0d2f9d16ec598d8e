import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "./secret.ts";

const text = "sk-canary-4711";

describe("Secret", () => {
  it.for<{ name: string; print: (secret: Secret) => string }>([
    { name: "a template literal", print: (secret) => `${secret}` },
    { name: "string concatenation", print: (secret) => `key: ${String(secret)}` },
    { name: "JSON", print: (secret) => JSON.stringify({ secret, list: [secret] }) },
    {
      name: "inspect, hidden fields included",
      print: (secret) => inspect({ secret }, { showHidden: true, depth: 9 }),
    },
    { name: "an error message", print: (secret) => new Error(`failed with ${secret}`).message },
    {
      name: "its own members",
      print: (secret) => Object.entries(secret).flat().join() + Reflect.ownKeys(secret).join(),
    },
  ])("never shows its text in $name", ({ print }) => {
    expect(print(new Secret(text))).not.toContain("canary");
  });

  it("gives its text to those who ask for it by name", () => {
    expect(new Secret(text).reveal()).toBe(text);
  });

  it("equals another of the same text and no other", () => {
    expect(new Secret(text).equals(new Secret(text))).toBe(true);
    expect(new Secret(text).equals(new Secret(`${text}!`))).toBe(false);
  });
});
