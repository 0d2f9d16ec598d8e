import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { runGateway } from "../support/running-gateway.ts";

describe("the admin port", () => {
  /** The status for a request of this host, as a browser would send it: without a bearer token. */
  const statusFor = (adminUrl: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(`${adminUrl}/api/gateway/session`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.once("error", reject).end();
    });

  it("answers to its own names only, so that no page can reach it by a name that was rebound", async () => {
    await using gateway = await runGateway({
      config:
        "providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\nadmin: { hosts: [Gate.Example] }\n",
    });
    // 401: let through to the question of who is asking. 421: not our name.
    for (const [host, status] of [
      ["evil.example", 421],
      ["evil.example:7228", 421],
      ["gate.example.evil.example", 421],
      ["gate.example", 401],
      ["GATE.example:443", 401],
      ["localhost:7228", 401],
      ["127.0.0.1", 401],
    ] as const)
      expect({ host, status: await statusFor(gateway.adminUrl, host) }).toEqual({ host, status });
  });
});
