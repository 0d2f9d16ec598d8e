import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentConfig } from "./document.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const golden = new URL("../../docs/configuration.md", import.meta.url);

describe("documentConfig", () => {
  it("is what docs/configuration.md says (UPDATE_GOLDEN=1 writes it)", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, documentConfig());
    expect(readFileSync(golden, "utf8")).toBe(documentConfig());
  });

  it("has a row for a field at every depth", () => {
    const text = documentConfig();
    for (const path of [
      "server.limits.headersMax",
      "providers.<name>.timeouts.headMs",
      "models.<name>.targets",
      "log.retention.days",
      "allowLiteralSecrets",
      "pricing.unknownModel",
    ]) {
      expect(text).toMatch(new RegExp(`^\\| \`${path.replaceAll(".", "\\.")}\``, "m"));
    }
  });

  it("has an example that the gateway takes", () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(documentConfig()) ?? [];
    expect(parseConfig(example, parseWorldOf({ OPENAI_API_KEY: "sk" }))).toMatchObject({ kind: "valid" });
  });
});
