/** One request to a pool whose first target is broken: the second answers, and the request log says why. */
import OpenAI from "openai";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env["SALLYPORT_KEY"], maxRetries: 0 });

const { data, response } = await client.chat.completions
  .create({ model: "assistant", messages: [{ role: "user", content: "Who goes there?" }] })
  .withResponse();

console.log(`answer: ${data.choices[0]?.message.content}`);
for (const name of ["deployment", "lane", "cost-nano-usd", "request-id"]) {
  console.log(`${name}: ${response.headers.get(`x-sallyport-${name}`)}`);
}

// What each door decided, and each attempt, is in the request log.
const adminUrl = process.env["SALLYPORT_ADMIN_URL"];
const adminToken = process.env["SALLYPORT_ADMIN_TOKEN"];
if (adminUrl !== undefined && adminToken !== undefined) {
  const id = response.headers.get("x-sallyport-request-id");
  console.log(`\n${await readRecord(`${adminUrl}/api/gateway/requests/${id}`, adminToken)}`);
}

interface Detail {
  readonly attempts: readonly {
    readonly provider: string;
    readonly code: string | null;
    readonly reason: string;
  }[];
  readonly stages: readonly { readonly stage: string; readonly decision: string; readonly reason: string }[];
}

/** The log is written behind the request, in batches of a tenth of a second: until then there is a 404. */
async function readRecord(address: string, token: string): Promise<string> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    if (answer.ok) {
      const { data: record }: { readonly data: Detail } = JSON.parse(await answer.text());
      const attempts = record.attempts.map(
        ({ provider, code, reason }) => `${provider}: ${code ?? "ok"} (${reason})`,
      );
      const doors = record.stages.map(
        ({ stage, decision, reason }) => `${stage.padEnd(10)}${decision.padEnd(10)}${reason}`,
      );
      return [...attempts, "", ...doors].join("\n");
    }
    if (answer.status !== 404 || Date.now() > deadline)
      throw new Error(`the request log answers ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
