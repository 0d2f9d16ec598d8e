import { request } from "node:http";
import { expect, it } from "vitest";
import { signRequest } from "../../src/sign.ts";
import { runGateway } from "../support/running-gateway.ts";

/** Asks for the list of models; the host stays the same, whatever the port is. */
const listModels = (url: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    request(`${url}/v1/models`, { headers: { host: "gate.example", ...headers } }, (answer) => {
      let text = "";
      answer.on("data", (piece) => {
        text += String(piece);
      });
      answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
    })
      .on("error", reject)
      .end();
  });

it("a signed request that was seen is refused by the gateway that was killed and started again", async () => {
  await using first = await runGateway();
  const made = await first.admin("/signing-keys", {
    method: "POST",
    body: { name: "of the test", algorithm: "hmac-sha256", clientKeyId: "key_first" },
  });
  const { secret, entry } = Object(made);
  const headers = signRequest(
    { method: "GET", url: "http://gate.example/v1/models" },
    { id: entry.id, key: secret },
  );
  expect(await listModels(first.url, headers)).toMatch(/^200 /);
  first.child.kill("SIGKILL");
  await first.exited;
  await using again = await runGateway({ directory: first.directory });
  expect(await listModels(again.url, headers)).toMatch(/^401 .*replayed/s);
});
