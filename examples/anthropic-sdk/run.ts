/** The official `@anthropic-ai/sdk` package through the gateway: a whole answer, a stream, a tool call. */
import Anthropic from "@anthropic-ai/sdk";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const model = process.env["SALLYPORT_MODEL"] ?? "sandbox/swift";
// The base URL has no /v1, as Anthropic's own has none.
const client = new Anthropic({ baseURL: url, apiKey: process.env["SALLYPORT_KEY"] ?? null });

// 1. Whole, with what it cost and who answered.
const { data, response } = await client.messages
  .create({ model, max_tokens: 200, messages: [{ role: "user", content: "Who goes there?" }] })
  .withResponse();
const text = data.content.map((block) => (block.type === "text" ? block.text : "")).join("");
console.log(`whole:  ${text}`);
console.log(`cost:   ${response.headers.get("x-sallyport-cost-nano-usd") ?? "not known"} nano-USD`);
console.log(`target: ${response.headers.get("x-sallyport-deployment")}`);

// 2. Streamed.
const stream = client.messages.stream({
  model,
  max_tokens: 200,
  messages: [{ role: "user", content: "Count the guards." }],
});
process.stdout.write("stream: ");
stream.on("text", (piece) => process.stdout.write(piece));
await stream.finalMessage();
process.stdout.write("\n");

// 3. A tool call.
const asked = await client.messages.create({
  model,
  max_tokens: 200,
  messages: [{ role: "user", content: "What is the weather in Paris?" }],
  tools: [
    {
      name: "get_weather",
      description: "The weather of a city",
      input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  ],
  tool_choice: { type: "any" },
});
for (const block of asked.content) {
  if (block.type === "tool_use") console.log(`tool:   ${block.name}(${JSON.stringify(block.input)})`);
}
