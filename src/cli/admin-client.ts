import { GatewayError } from "../kernel/errors.ts";
import { isJsonObject, type Json, parseJson } from "../kernel/json.ts";
import { type Installation, openInstallation } from "../platform/secrets/index.ts";
import { findRunning } from "./running.ts";

/** The bearer token of the admin API; the same at each start, stored nowhere. */
export const adminTokenOf = ({ derive }: Pick<Installation, "derive">): string =>
  `sa-${derive("admin-token:1")}`;

/** Calls the admin API of the gateway that uses `directory`. */
export interface AdminClient {
  readonly adminUrl: string;
  /** The `data` of the answer. @throws GatewayError with the API's own code and message. */
  readonly call: (method: "GET" | "POST" | "DELETE", path: string, body?: unknown) => Promise<Json>;
}

const timeoutMs = 10_000;

/** `undefined` when no gateway is running on this directory. */
export function adminClient(directory: string): AdminClient | undefined {
  const running = findRunning(directory);
  if (running === undefined) return undefined;
  const token = adminTokenOf(openInstallation(directory));
  return {
    adminUrl: running.adminUrl,
    call: async (method, path, body) => {
      const response = await fetch(`${running.adminUrl}/api/gateway${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = parseJson(await response.text());
      if (response.ok && isJsonObject(answer) && answer["data"] !== undefined) return answer["data"];
      const error = isJsonObject(answer) ? answer["error"] : undefined;
      const message =
        isJsonObject(error) && typeof error["message"] === "string"
          ? error["message"]
          : `the gateway answered ${response.status}`;
      throw new GatewayError("conflict", message, { message });
    },
  };
}
