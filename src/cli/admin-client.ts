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
  /** The `data` of the answer. @throws GatewayError with the API's own message, or saying that nobody answers. */
  readonly call: (
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Json>;
}

const timeoutMs = 10_000;

/** `undefined` when no gateway is running on this directory. */
export function adminClient(directory: string): AdminClient | undefined {
  const running = findRunning(directory);
  if (running === undefined) return undefined;
  const token = adminTokenOf(openInstallation(directory));
  return {
    adminUrl: running.adminUrl,
    call: async (method, path, body, more = {}) => {
      const { isOk, status, text } = await send(`${running.adminUrl}/api/gateway${path}`, directory, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...more,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = parseJson(text);
      if (isOk && isJsonObject(answer) && answer["data"] !== undefined) return answer["data"];
      const error = isJsonObject(answer) ? answer["error"] : undefined;
      const message =
        isJsonObject(error) && typeof error["message"] === "string"
          ? error["message"]
          : `the gateway answered ${status}`;
      throw new GatewayError("conflict", message, { message });
    },
  };
}

async function send(url: string, directory: string, init: RequestInit) {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    return { isOk: response.ok, status: response.status, text: await response.text() };
  } catch (cause) {
    const message = `the gateway of ${directory} does not answer at ${new URL(url).origin}; if it has stopped, remove ${directory}/running.json`;
    throw new GatewayError("conflict", message, { message, cause });
  }
}

/** The gateway of `directory`. @throws GatewayError saying what to do when none is running, and `otherwise`. */
export function requireClient(directory: string, otherwise = ""): AdminClient {
  const client = adminClient(directory);
  if (client !== undefined) return client;
  const message = `no gateway is running on ${directory}; start one with \`sallyport start\`, or name its directory with \`--data-dir\`${otherwise}`;
  throw new GatewayError("conflict", message, { message });
}
