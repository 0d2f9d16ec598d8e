import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { testTls } from "../support/test-tls.ts";
import { typed } from "../support/typed-command.ts";

let directory: string;
let gateway: RunningGateway;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-tls-"));
  const beside = join(directory, "etc");
  mkdirSync(join(beside, "tls"), { recursive: true });
  writeFileSync(join(beside, "tls", "cert.pem"), testTls.serverCert);
  writeFileSync(join(beside, "tls", "key.pem"), testTls.serverKey);
  const file = join(beside, "gate.yaml");
  writeFileSync(
    file,
    `server: { tls: { certFile: tls/cert.pem, keyFile: ./tls/key.pem } }
providers: { nobody: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", models: ["none"] } }
`,
  );
  gateway = await runGateway({ directory, args: ["--config", file] });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

describe("a listener that serves TLS", () => {
  it("finds its files beside the configuration file, not where it was started", async () => {
    expect(gateway.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      request(`${gateway.url}/livez`, { ca: testTls.authority }, (answer) => resolve(answer.statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
  });

  it.for([
    [["models", "--json"], /"provider":"nobody","model":"none"/],
    [["keys", "list"], /key_first/],
    [["admin-link"], /^http:\/\/127\.0\.0\.1:\d+\/signin#/],
    [["costs"], /./],
  ] as const)("is no bar to %j, which asks the admin listener", ([args, said]) => {
    const { status, stdout, stderr } = typed(directory, [...args, "--data-dir", join(directory, "data")]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(said);
  });
});
