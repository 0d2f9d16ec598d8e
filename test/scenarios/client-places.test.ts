import { afterAll, beforeAll, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let upstreams: readonly RawUpstream[];
let gateway: BootedGateway;

beforeAll(async () => {
  const answering = () =>
    rawUpstream(({ socket }) => void socket.write(wholeAnswer(200, chatAnswer("well"))));
  upstreams = [await answering(), await answering()];
  const [near, far] = upstreams;
  gateway = await bootGateway(`
providers:
  near: { dialect: openai-chat, baseUrl: "${near?.url}/v1", models: [], region: eu-central-1 }
  far: { dialect: openai-chat, baseUrl: "${far?.url}/v1", models: [], region: us-east-1 }
models:
  pool: { targets: [near/m, far/m], prefer: [same-region, same-jurisdiction] }
regions: { here: eu-central-1 }
geo: { trustedProxies: [127.0.0.1] }
allowLiteralSecrets: true
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
});

const servedBy = async (headers: Readonly<Record<string, string>>): Promise<string | null> => {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "pool", messages: [{ role: "user", content: "hi" }] }),
  });
  await answer.text();
  return answer.headers.get("x-sallyport-deployment");
};

it("a proxy that the configuration trusts says where its client is", async () => {
  expect(await servedBy({})).toBe("near");
  expect(await servedBy({ "x-sallyport-client-region": "us-west-2" })).toBe("far");
});
