/** The official `openai` package through the gateway: a whole answer, a stream, a tool call. */
import OpenAI from "openai";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const model = process.env["SALLYPORT_MODEL"] ?? "sandbox/swift";
// The base URL ends in /v1, as OpenAI's own does.
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env["SALLYPORT_KEY"] });

// 1. Whole, with what it cost and who answered.
const { data, response } = await client.chat.completions
  .create({ model, messages: [{ role: "user", content: "Who goes there?" }] })
  .withResponse();
console.log(`whole:  ${data.choices[0]?.message.content}`);
console.log(`cost:   ${response.headers.get("x-sallyport-cost-nano-usd") ?? "not known"} nano-USD`);
console.log(`target: ${response.headers.get("x-sallyport-deployment")}`);

// 2. Streamed.
const stream = await client.chat.completions.create({
  model,
  stream: true,
  messages: [{ role: "user", content: "Count the guards." }],
});
process.stdout.write("stream: ");
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
process.stdout.write("\n");

// 3. A tool call.
const asked = await client.chat.completions.create({
  model,
  messages: [{ role: "user", content: "What is the weather in Paris?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_weather",
        description: "The weather of a city",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    },
  ],
  tool_choice: "required",
});
for (const call of asked.choices[0]?.message.tool_calls ?? []) {
  if (call.type === "function") console.log(`tool:   ${call.function.name}(${call.function.arguments})`);
}
