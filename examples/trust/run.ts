/** A key that may do little, and what becomes of requests that ask for more; at the end, the proof of what was decided. */
import OpenAI from "openai";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const adminUrl = process.env["SALLYPORT_ADMIN_URL"] ?? "http://127.0.0.1:7228";

/** `data` of an answer of the admin API. */
async function admin<Data>(path: string, body: object): Promise<Data> {
  const answer = await fetch(`${adminUrl}/api/gateway/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${process.env["SALLYPORT_ADMIN_TOKEN"]}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const { data, error }: { readonly data: Data; readonly error?: { readonly message: string } } = JSON.parse(
    await answer.text(),
  );
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return data;
}

const { key, entry } = await admin<{ readonly key: string; readonly entry: { readonly id: string } }>(
  "keys",
  {
    name: "trust example",
    models: ["house/*"],
    scope: { lanes: ["ai"] },
    expiresAt: Date.now() + 3_600_000,
  },
);
console.log(`key:       ${entry.id}, for models of the house, for an hour`);

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

/** What the model says, or why it was not asked. */
async function ask(model: string, question: string, tokensMax = 100): Promise<string> {
  try {
    const answer = await client.chat.completions.create({
      model,
      max_completion_tokens: tokensMax,
      messages: [{ role: "user", content: question }],
    });
    return answer.choices[0]?.message.content ?? "";
  } catch (refusal) {
    if (!(refusal instanceof OpenAI.APIError)) throw refusal;
    return `${refusal.code}, ${refusal.message}`;
  }
}

console.log(`redacted:  ${await ask("house/swift", "Write to jane@example.com.")}`);
console.log(`guardrail: ${await ask("house/swift", "Pay to DE89 3704 0044 0532 0130 00.")}`);
console.log(`policy:    ${await ask("house/swift", "Write a novel.", 100_000)}`);
console.log(`budget:    ${await ask("house/deep", "Think.", 1000)}`);

const elsewhere = await fetch(`${url}/p/house/models`, { headers: { authorization: `Bearer ${key}` } });
console.log(`scope:     ${elsewhere.status} on /p/house/models`);

let last = "";
for (let times = 0; times < 4 && !last.includes("429"); times += 1) last = await ask("house/swift", "Again?");
console.log(`limit:     ${last}`);

const finding = await admin<{ readonly intact: boolean; readonly size: number | null }>("audit:verify", {});
console.log(`audit:     ${finding.intact ? "intact" : "broken"}, ${finding.size} records`);
