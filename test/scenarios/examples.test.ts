/** Each folder of `examples` is run as its README says, against a gateway of its own. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { startSandbox } from "../../sandbox/server.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

const examples = join(import.meta.dirname, "../../examples");

const requestPage = z.object({
  requests: z.array(
    z.object({ outcome: z.string(), isStream: z.boolean(), costNanoUsd: z.number().nullable() }),
  ),
});

/** What `run.ts` of an example prints. Its exit code is 0, or this throws. */
async function outputOf(example: string, gateway: RunningGateway): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, example, "run.ts")], {
    env: {
      PATH: process.env["PATH"],
      SALLYPORT_URL: gateway.url,
      SALLYPORT_KEY: gateway.clientKey,
      SALLYPORT_ADMIN_URL: gateway.adminUrl,
      SALLYPORT_ADMIN_TOKEN: gateway.adminToken,
    },
  });
  return stdout;
}

/** Calls in the request log that were completed and have a cost. */
async function pricedCalls(
  gateway: RunningGateway,
): Promise<{ readonly whole: number; readonly streamed: number }> {
  const page = requestPage.parse(await gateway.admin("/requests"));
  const priced = page.requests.filter(
    ({ outcome, costNanoUsd }) => outcome === "completed" && (costNanoUsd ?? 0) > 0,
  );
  const streamed = priced.filter(({ isStream }) => isStream).length;
  return { whole: priced.length - streamed, streamed };
}

describe("examples", () => {
  const tried = ["across-dialects", "anthropic-sdk", "failover", "google-sdk", "openai-sdk", "trust"];

  it("are all tried here", () => {
    const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).toSorted()).toEqual(tried);
  });

  it.for(["openai-sdk", "anthropic-sdk", "google-sdk"])(
    "%s: a whole answer with its cost, a stream and a tool call",
    async (example) => {
      await using gateway = await runGateway();
      const output = await outputOf(example, gateway);
      expect(output).toMatch(/^whole: {2}.*Who goes there\?/m);
      expect(output).toMatch(/^cost: {3}[1-9]\d* nano-USD$/m);
      expect(output).toMatch(/^target: sandbox$/m);
      expect(output).toMatch(/^stream: .*Count the guards\./m);
      expect(output).toMatch(/^tool: {3}get_weather\(\{.*"city".*\}\)$/m);
      await expect.poll(() => pricedCalls(gateway), { timeout: 5000 }).toEqual({ whole: 2, streamed: 1 });
    },
  );

  it("across-dialects: reasoning, kept answers and declared losses at two providers of other dialects", async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const config = readFileSync(join(examples, "across-dialects/sallyport.yaml"), "utf8");
      await using gateway = await runGateway({ config, env: { SANDBOX_URL: sandbox.url } });
      const output = await outputOf("across-dialects", gateway);
      const told = (name: string) =>
        [...output.matchAll(new RegExp(`^  ${name}: +(.*)$`, "gm"))].map(([, text]) => text);
      expect(told("lane")).toEqual(["canonical", "canonical"]);
      expect(told("envelope")).toEqual(["sp1.", "sp1."]);
      expect(told("second")).toEqual([
        expect.stringMatching(/^answered/),
        expect.stringMatching(/^answered/),
      ]);
      for (const warnings of told("warnings")) expect(warnings).toContain('dropped;param="truncation"');
      expect(told("strict")).toEqual(["400 truncation", "400 truncation"]);
    } finally {
      await sandbox.close();
    }
  });

  it("failover: the second provider answers, translated and priced, and the log names the first one's failure", async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const config = readFileSync(join(examples, "failover/sallyport.yaml"), "utf8");
      await using gateway = await runGateway({ config, env: { SANDBOX_URL: sandbox.url } });
      const output = await outputOf("failover", gateway);
      expect(output).toMatch(/^answer: .*Who goes there\?/m);
      expect(output).toMatch(/^deployment: second$/m);
      expect(output).toMatch(/^lane: canonical$/m);
      expect(output).toMatch(/^cost-nano-usd: [1-9]\d*$/m);
      expect(output).toMatch(/^first: upstream_\w+ /m);
      expect(output).toMatch(/^second: ok /m);
      expect(output).toMatch(/^attempt +failover +/m);
    } finally {
      await sandbox.close();
    }
  });

  it("trust: each request that asks for more than it may is refused by what it asks too much of, and the log proves it", async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const config = readFileSync(join(examples, "trust/sallyport.yaml"), "utf8");
      await using gateway = await runGateway({ config, env: { SANDBOX_URL: sandbox.url } });
      const output = await outputOf("trust", gateway);
      expect(output).toMatch(/^redacted: .*You asked: “Write to \[EMAIL\]\.”/m);
      expect(output).not.toContain("jane");
      expect(output).toMatch(/^guardrail: content_filter, 400 .*iban\.$/m);
      expect(output).toMatch(/^policy: +permission_denied, 403 An answer may have 4000 tokens here\.$/m);
      expect(output).toMatch(/^budget: +insufficient_quota, 429 The budget `deep-thoughts` /m);
      expect(output).toMatch(/^scope: +403 /m);
      expect(output).toMatch(/^limit: +rate_limit_exceeded, 429 The limit `per-key` of 3 requests in 60 s /m);
      expect(output).toMatch(/^audit: +intact, \d+ records$/m);
    } finally {
      await sandbox.close();
    }
  });
});
