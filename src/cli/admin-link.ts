import { resolve } from "node:path";
import { mintLinkCode } from "../gateway/sessions.ts";
import { GatewayError } from "../kernel/errors.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { readOptions } from "./options.ts";
import { findRunning } from "./running.ts";
import type { World } from "./world.ts";

/** `sallyport admin-link`: prints a link to the dashboard that works once, within ten minutes. */
export async function adminLink(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, { "data-dir": { type: "string", default: ".sallyport" } });
  const directory = resolve(world.cwd, values["data-dir"]);
  const running = findRunning(directory);
  if (running === undefined) {
    const message = `no gateway is running on ${directory}; start one with \`sallyport start\``;
    throw new GatewayError("conflict", message, { message });
  }
  world.stdout(`${linkOf(running.adminUrl, openInstallation(directory).digestOf)}\n`);
  return 0;
}

/** The link itself. The code stands behind `#`, which no browser sends and no server logs. */
export function linkOf(adminUrl: string, digestOf: (text: string) => string): string {
  const code = mintLinkCode({ digestOf, now: systemClock.now(), nonce: systemRandom().bytes(12) });
  return `${adminUrl}/signin#${code}`;
}
