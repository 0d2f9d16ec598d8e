/** Prints one conversation as each upstream would be sent it: run several times, to see that no process differs. */
import type { UpstreamDialect } from "../../src/exchange/dialect.ts";
import { clientCodecs, upstreamCodecOf } from "../../src/gateway/codecs.ts";

const upstreams: readonly UpstreamDialect[] = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
];
const requests = {
  "openai-chat": `{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"functions.f:0","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"functions.f:0","content":"r"}],"tools":[{"type":"function","function":{"name":"f"}}],"user":"somebody"}`,
  "openai-responses": `{"model":"m","store":false,"input":[{"role":"user","content":"q"},{"type":"function_call","call_id":"a.b","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a.b","output":"r"}],"tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}]}`,
  "anthropic-messages": `{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"r"}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}`,
  "gemini-generate": `{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"r"}}}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}]}`,
} as const;

for (const [client, body] of Object.entries(requests) as [keyof typeof requests, string][]) {
  const decoding = clientCodecs[client].decode(Buffer.from(body), { target: { model: "m" } });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  for (const upstream of upstreams) {
    const encoded = upstreamCodecOf(upstream).encodeRequest(decoding.call, {
      model: "m",
      outputTokensMax: 100,
    });
    console.log(client, upstream, encoded.kind === "request" ? encoded.body : encoded.error.message);
  }
}
