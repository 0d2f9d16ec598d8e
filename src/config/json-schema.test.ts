import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { configJsonSchema, printJsonSchema } from "./json-schema.ts";

const golden = new URL("../../docs/configuration.schema.json", import.meta.url);

describe("configJsonSchema", () => {
  it("is what docs/configuration.schema.json says (UPDATE_GOLDEN=1 writes it)", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, printJsonSchema());
    expect(readFileSync(golden, "utf8")).toBe(printJsonSchema());
  });

  const editor = z.fromJSONSchema(configJsonSchema());

  it.for<{ name: string; value: unknown }>([
    { name: "a provider with its key", value: { providers: { openai: { key: "${OPENAI_API_KEY}" } } } },
    { name: "a file of a secret", value: { providers: { openai: { key: "file:/run/secrets/key" } } } },
    {
      name: "references for numbers, switches and words",
      value: {
        server: { port: "${PORT}", host: "${HOST}" },
        admin: { allowRemote: "${X:-true}" },
        pricing: { unknownModel: "${X}" },
      },
    },
    {
      name: "sizes and spans",
      value: {
        server: { limits: { bodyBytesMax: "30 MiB", headersTimeoutMs: "5 s" } },
        log: { retention: { bytes: "5 GiB" } },
      },
    },
    {
      name: "both forms of pools",
      value: { models: { a: ["openai/x"], b: { targets: [{ provider: "openai", model: "x" }] } } },
    },
  ])("lets editors take $name", ({ value }) => {
    expect(editor.safeParse(value).error).toBeUndefined();
  });

  it.for<{ name: string; value: unknown }>([
    { name: "an unknown field", value: { server: { prot: 1 } } },
    { name: "a wrong type", value: { server: { port: "http" } } },
    { name: "a span where bytes are counted", value: { server: { limits: { bodyBytesMax: "5 s" } } } },
    { name: "a number out of bounds", value: { server: { port: 70_000 } } },
    { name: "an unknown word", value: { pricing: { unknownModel: "alrt" } } },
    { name: "a pool without targets", value: { models: { a: [] } } },
  ])("lets editors mark $name", ({ value }) => {
    expect(editor.safeParse(value).success).toBe(false);
  });

  it("describes every field", () => {
    const missing: string[] = [];
    const visit = (node: z.core.JSONSchema.BaseSchema, path: string): void => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (typeof child !== "object") continue;
        if (child.description === undefined) missing.push(`${path}${name}`);
        visit(child, `${path}${name}.`);
      }
      if (typeof node.additionalProperties === "object") visit(node.additionalProperties, `${path}<name>.`);
      for (const branch of node.anyOf ?? []) if (typeof branch === "object") visit(branch, path);
    };
    visit(configJsonSchema(), "");
    expect(missing).toEqual([]);
  });
});
