import { renameSync, writeFileSync } from "node:fs";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { startSandbox } from "../../sandbox/server.ts";
import { runGateway } from "../support/running-gateway.ts";

const streams = 200;
const reloads = 50;
/** On a machine that others use too. */
const timeoutMs = 240_000;

const configOf = (url: string, round: number): string =>
  `providers: { sandbox: { dialects: [openai-chat, anthropic-messages], baseUrl: "${url}/v1" } }
models: { fast: [sandbox/swift], "round-${round}": [sandbox/steady] }
overload: { ingress: { delayMax: off } }
`;

interface Detail {
  readonly id: string;
  readonly generation: number;
  readonly outcome: string;
}

it(
  `${streams} concurrent streams over ${reloads} reloads, half of them invalid: none fails, none sees two generations`,
  async () => {
    const sandbox = await startSandbox({ port: 0 });
    await using gateway = await runGateway({ config: configOf(sandbox.url, 0) });
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
    let isReloading = true;
    let begun = 0;
    const generations = new Map<string, string>();

    const oneStream = async (): Promise<void> => {
      begun += 1;
      const { data, response } = await client.chat.completions
        .create(
          { model: "fast", stream: true, messages: [{ role: "user", content: "tell me" }] },
          { headers: { "x-sallyport-sandbox": "ttft=5;rate=400;tokens=60" } },
        )
        .withResponse();
      let finish: string | null | undefined;
      let tokens = 0;
      for await (const chunk of data) {
        const [choice] = chunk.choices;
        if ((choice?.delta.content ?? "") !== "") tokens += 1;
        finish = choice?.finish_reason ?? finish;
      }
      expect(finish).toBe("stop");
      // As the sandbox was told: its directions went through the gateway, so the streams outlive several reloads.
      expect(tokens).toBe(60);
      generations.set(
        response.headers.get("x-sallyport-request-id") ?? "",
        response.headers.get("x-sallyport-generation") ?? "",
      );
    };
    const worker = async (): Promise<void> => {
      do await oneStream();
      while (isReloading);
    };
    const workers = Promise.all(Array.from({ length: streams }, worker));

    const applied: number[] = [];
    const rejected: string[] = [];
    for (let round = 1; round <= reloads; round += 1) {
      const text =
        round % 2 === 0 ? configOf(sandbox.url, round) : `${configOf(sandbox.url, round)}modles: {}\n`;
      // Replaced in one step, as editors and Kubernetes do.
      writeFileSync(`${gateway.configFile}.new`, text);
      renameSync(`${gateway.configFile}.new`, gateway.configFile);
      const state = (await gateway.admin("/config/reload", { method: "POST" })) as {
        readonly generation: number;
        readonly problems: readonly { readonly message: string }[];
      };
      if (state.problems.length === 0) applied.push(state.generation);
      else rejected.push(state.problems[0]?.message ?? "");
    }
    isReloading = false;
    await workers;

    expect(applied).toHaveLength(reloads / 2);
    expect(applied).toEqual(applied.toSorted((left, right) => left - right));
    expect(rejected).toHaveLength(reloads / 2);
    expect(rejected[0]).toContain("did you mean `models`");
    expect(generations.size).toBe(begun);
    expect(new Set(generations.values()).size).toBeGreaterThan(1);

    let before: string | undefined;
    const records: Detail[] = [];
    for (;;) {
      const page = (await gateway.admin(
        `/requests?limit=500${before === undefined ? "" : `&before=${before}`}`,
      )) as { readonly requests: readonly { readonly id: string; readonly outcome: string }[] };
      if (page.requests.length === 0) break;
      before = page.requests.at(-1)?.id;
      for (const { id } of page.requests.slice(0, 40))
        records.push((await gateway.admin(`/requests/${id}`)) as Detail);
      expect(page.requests.filter(({ outcome }) => outcome !== "completed")).toEqual([]);
    }
    // The generation that the client was told at the head is the one that settle wrote at the end.
    for (const record of records) expect(String(record.generation)).toBe(generations.get(record.id));
    expect(records.length).toBeGreaterThan(30);
    await sandbox.close();
  },
  timeoutMs,
);
