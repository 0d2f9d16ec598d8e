/** The official `@google/genai` package through the gateway: a whole answer, a stream, a tool call. */
import { FunctionCallingConfigMode, GoogleGenAI } from "@google/genai";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const model = process.env["SALLYPORT_MODEL"] ?? "sandbox/swift";
// The base URL has no version, as Google's own has none.
const client = new GoogleGenAI({ apiKey: process.env["SALLYPORT_KEY"] ?? "", httpOptions: { baseUrl: url } });

// 1. Whole, with what it cost and who answered.
const whole = await client.models.generateContent({ model, contents: "Who goes there?" });
const headers = whole.sdkHttpResponse?.headers ?? {};
console.log(`whole:  ${whole.text}`);
console.log(`cost:   ${headers["x-sallyport-cost-nano-usd"] ?? "not known"} nano-USD`);
console.log(`target: ${headers["x-sallyport-deployment"]}`);

// 2. Streamed.
process.stdout.write("stream: ");
for await (const chunk of await client.models.generateContentStream({
  model,
  contents: "Count the guards.",
})) {
  process.stdout.write(chunk.text ?? "");
}
process.stdout.write("\n");

// 3. A tool call.
const asked = await client.models.generateContent({
  model,
  contents: "What is the weather in Paris?",
  config: {
    tools: [
      {
        functionDeclarations: [
          {
            name: "get_weather",
            description: "The weather of a city",
            parametersJsonSchema: {
              type: "object",
              properties: { city: { type: "string" } },
              required: ["city"],
            },
          },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
  },
});
for (const call of asked.functionCalls ?? [])
  console.log(`tool:   ${call.name}(${JSON.stringify(call.args)})`);
