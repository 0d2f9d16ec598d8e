import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { openApiDocument } from "./openapi.ts";

const golden = new URL("../../docs/openapi.json", import.meta.url);
const printed = `${JSON.stringify(openApiDocument(packageJson.version), null, 2)}\n`;

describe("openApiDocument", () => {
  it("is what docs/openapi.json says (UPDATE_GOLDEN=1 writes it anew)", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, printed);
    expect(printed).toBe(readFileSync(golden, "utf8"));
  });
});
