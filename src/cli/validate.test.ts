import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validate } from "./validate.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "sallyport-validate-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { OPENAI_API_KEY: "sk-canary" },
) {
  const printed = { out: "", err: "" };
  const code = await validate(args, {
    stdout: (text) => {
      printed.out += text;
    },
    stderr: (text) => {
      printed.err += text;
    },
    env,
    cwd,
  });
  return { code, ...printed };
}

const valid = "providers:\n  openai: { key: ${OPENAI_API_KEY} }\nmodels: { fast: [openai/gpt-5-mini] }\n";
const invalid = "providers:\n  openai: { key: ${OPENAI_API_KEY} }\nserver:\n  prot: 80\n";

describe("sallyport validate", () => {
  it("says of a valid file what is in it", async () => {
    writeFileSync(join(cwd, "sallyport.yaml"), valid);
    expect(await run([])).toEqual({
      code: 0,
      out: "sallyport.yaml is valid: 1 provider, 1 pool.\n",
      err: "",
    });
    const more =
      "services: { a: { baseUrl: http://127.0.0.1:1 } }\nroutes: { a: { path: /a, service: a } }\n";
    writeFileSync(join(cwd, "sallyport.yaml"), valid + more);
    expect((await run([])).out).toBe("sallyport.yaml is valid: 1 provider, 1 pool, 1 service, 1 route.\n");
  });

  it("prints each problem with its place, the line and a caret, and fails", async () => {
    writeFileSync(join(cwd, "other.yaml"), invalid);
    expect(await run(["--config", "other.yaml"])).toEqual({
      code: 1,
      out: "",
      err: "other.yaml:4:3: unknown field `prot` in `server`; did you mean `port`?\n   4 |   prot: 80\n     |   ^\nother.yaml has 1 problem.\n",
    });
  });

  it("prints exactly one line with --json", async () => {
    writeFileSync(join(cwd, "sallyport.yaml"), invalid);
    const { code, out, err } = await run(["--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out.split("\n")).toHaveLength(2);
    expect(JSON.parse(out)).toEqual({
      file: "sallyport.yaml",
      isValid: false,
      problems: [
        {
          message: "unknown field `prot` in `server`; did you mean `port`?",
          line: 4,
          column: 3,
          path: "server.prot",
        },
      ],
    });
    writeFileSync(join(cwd, "sallyport.yaml"), valid);
    expect(JSON.parse((await run(["--json"])).out)).toEqual({
      file: "sallyport.yaml",
      isValid: true,
      problems: [],
    });
  });

  it("reads secrets beside the file, wherever it is started", async () => {
    writeFileSync(join(cwd, "key"), "sk-canary\n");
    writeFileSync(join(cwd, "sallyport.yaml"), "providers:\n  openai: { key: file:key }\n");
    expect(await run([], {})).toMatchObject({ code: 0 });
    rmSync(join(cwd, "key"));
    expect(await run([], {})).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "the file `key` of `providers.openai.key` cannot be read: there is no such file",
      ),
    });
  });

  it("finds what a start would stumble over: files of TLS and of GraphQL", async () => {
    const tls = "server: { tls: { certFile: cert.pem, keyFile: key.pem } }\n";
    writeFileSync(join(cwd, "sallyport.yaml"), valid + tls);
    const missing = await run([]);
    expect(missing).toMatchObject({ code: 1, out: "" });
    expect(missing.err).toContain(
      `sallyport.yaml:4:16: \`server.tls.certFile\` ${join(cwd, "cert.pem")} cannot be read`,
    );
    writeFileSync(join(cwd, "cert.pem"), "no PEM");
    writeFileSync(join(cwd, "key.pem"), "no PEM");
    expect((await run([])).err).toContain("must be PEM, and the key that of the certificate");

    const graph =
      "services: { a: { baseUrl: http://127.0.0.1:1 } }\nroutes:\n  a: { path: /a, service: a, protocol: graphql, graphql: { schema: a.graphql } }\n";
    writeFileSync(join(cwd, "sallyport.yaml"), valid + graph);
    writeFileSync(join(cwd, "a.graphql"), "type Query {");
    expect((await run([])).err).toContain("sallyport.yaml:6:");
    expect(JSON.parse((await run(["--json"])).out)).toMatchObject({
      isValid: false,
      problems: [
        {
          path: "routes.a.graphql",
          line: 6,
          message: expect.stringContaining("`routes.a.graphql.schema` cannot be used: "),
        },
      ],
    });
    writeFileSync(join(cwd, "a.graphql"), "type Query { a: Int }");
    expect(await run([])).toMatchObject({ code: 0, err: "" });
  });

  it("says what to do without a file", async () => {
    await expect(run([])).rejects.toMatchObject({
      publicMessage: "there is no sallyport.yaml in this directory; name a file with `--config`",
    });
    await expect(run(["--config", "none.yaml"])).rejects.toMatchObject({
      publicMessage: "the file none.yaml cannot be read: there is no such file",
    });
  });

  it("prints the JSON Schema for editors", async () => {
    const { code, out } = await run(["--schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
    });
  });

  it("knows the providers of the real catalogue", async () => {
    writeFileSync(join(cwd, "sallyport.yaml"), "providers:\n  anthropic: { key: ${A} }\n  ollama: {}\n");
    expect(await run([], { A: "sk" })).toMatchObject({ code: 0 });
  });
});
