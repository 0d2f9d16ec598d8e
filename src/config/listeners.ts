import { addressOf } from "./base-url.ts";
import { type Path, printPath } from "./path.ts";
import type { Finding } from "./problem.ts";
import type { ProviderConfig } from "./resolve-provider.ts";
import type { AdminSettings, ServerSettings } from "./server-settings.ts";

/** Whether `host` can be reached from this machine only. Names other than `localhost` are taken as reachable. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(name);
}

/** Whether a listener may have this address: away from loopback only when every route behind it is guarded. */
export function mayBind(host: string, isGuarded: boolean): boolean {
  return isGuarded || isLoopback(host);
}

interface Listeners {
  readonly server: ServerSettings;
  readonly admin: AdminSettings;
  readonly keys: { readonly required: boolean };
}

/** What is wrong with the two addresses: too open, or the same. */
export function checkListeners({ server, admin, keys }: Listeners): readonly Finding[] {
  const findings: Finding[] = [];
  if (!mayBind(server.host, keys.required)) {
    findings.push({
      path: ["server", "host"],
      message: `\`server.host\` ${server.host} can be reached from other machines, which needs \`keys.required: true\``,
      at: "value",
    });
  }
  if (!mayBind(admin.host, admin.allowRemote)) {
    findings.push({
      path: ["admin", "host"],
      message: `\`admin.host\` ${admin.host} can be reached from other machines; keep 127.0.0.1, or set \`admin.allowRemote: true\` and put TLS before it`,
      at: "value",
    });
  }
  if (server.port !== 0 && server.port === admin.port && overlap(server.host, admin.host)) {
    findings.push({
      path: ["admin", "port"],
      message: `\`admin.port\` and \`server.port\` are both ${admin.port}; they need different ports`,
      at: "value",
    });
  }
  return findings;
}

/** Who of a section has a base URL that leads back into this gateway: each request would come round again. */
export function checkLoops(
  section: "providers" | "services",
  upstreams: readonly Pick<ProviderConfig, "id" | "baseUrl" | "endpoints">[],
  { server, admin }: Listeners,
): readonly Finding[] {
  return upstreams.flatMap(({ id, baseUrl, endpoints }): readonly Finding[] => {
    const path = [section, id];
    if (endpoints === undefined) return checkLoop(baseUrl, [...path, "baseUrl"], [server, admin]);
    return endpoints.list.flatMap((endpoint, index) =>
      checkLoop(endpoint.baseUrl, [...path, "endpoints", index, "baseUrl"], [server, admin]),
    );
  });
}

function checkLoop(
  baseUrl: string,
  path: Path,
  listeners: readonly { readonly host: string; readonly port: number }[],
): readonly Finding[] {
  const address = addressOf(baseUrl);
  if (address === undefined) return [];
  const isOwn = listeners.some(
    ({ host, port }) =>
      port !== 0 &&
      port === address.port &&
      isLoopback(address.host) &&
      (isLoopback(host) || isWildcard(host)),
  );
  const message = `\`${printPath(path)}\` leads back to this gateway`;
  return isOwn ? [{ path, message, at: "value" }] : [];
}

function overlap(left: string, right: string): boolean {
  return left === right || isWildcard(left) || isWildcard(right) || (isLoopback(left) && isLoopback(right));
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
