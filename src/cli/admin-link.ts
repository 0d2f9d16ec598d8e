import { mintLinkCode } from "../gateway/sessions.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { readOptions } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport admin-link`: prints a link to the dashboard that works once, within ten minutes. */
export async function adminLink(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines["admin-link"]);
  const directory = dataDirectory({ named: values["data-dir"] }, world);
  const client = requireClient(directory);
  // A link that leads nowhere is worse than an error.
  await client.call("GET", "/session");
  world.stdout(`${linkOf(client.adminUrl, openInstallation(directory).digestOf)}\n`);
  return 0;
}

/** The link itself. The code stands behind `#`, which no browser sends and no server logs. */
export function linkOf(adminUrl: string, digestOf: (text: string) => string): string {
  const code = mintLinkCode({ digestOf, now: systemClock.now(), nonce: systemRandom().bytes(12) });
  return `${adminUrl}/signin#${code}`;
}
