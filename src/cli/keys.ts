import { resolve } from "node:path";
import { components } from "../admin/schemas.ts";
import { openClientKeys } from "../gateway/client-keys.ts";
import type { Control, ShownKey } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { lockDirectory, openKeyStore } from "../platform/sqlite/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { adminClient } from "./admin-client.ts";
import { readOptions } from "./options.ts";
import type { World } from "./world.ts";

const help =
  "sallyport keys create --name NAME [--models 'gpt-*,fast'] | list | revoke ID   [--data-dir DIR] [--json]\n";

/** `sallyport keys`: through the running gateway when there is one, else straight in its directory. */
export async function keys(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, {
    name: { type: "string" },
    models: { type: "string" },
    "data-dir": { type: "string", default: ".sallyport" },
    json: { type: "boolean", default: false },
  });
  const [action, id] = positionals;
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  return withKeys(resolve(world.cwd, values["data-dir"]), async (control) => {
    switch (action) {
      case "create": {
        if (values.name === undefined) throw usageError(`a key needs a name: ${help}`);
        const models = values.models === undefined ? [] : values.models.split(",").map((glob) => glob.trim());
        const made = await control.create({ name: values.name, models });
        return print(
          { key: made.key, ...made.entry },
          `${made.key}\n\nThis is the only time the key is shown. Its id is ${made.entry.id}.\n`,
        );
      }
      case "list": {
        const list = await control.list();
        return print(
          list,
          list.length === 0 ? "There are no client keys.\n" : `${list.map(line).join("\n")}\n`,
        );
      }
      case "revoke": {
        if (id === undefined) throw usageError(`which key? ${help}`);
        const revoked = await control.revoke(id);
        if (revoked === undefined)
          throw usageError(`there is no key \`${id}\`; \`sallyport keys list\` shows them`);
        return print(revoked, `Revoked ${revoked.id} (${revoked.name}).\n`);
      }
      default:
        throw usageError(help);
    }
  });
}

interface KeyControl {
  readonly create: Control["keys"]["create"];
  readonly list: () => readonly ShownKey[] | Promise<readonly ShownKey[]>;
  readonly revoke: Control["keys"]["revoke"];
}

async function withKeys(directory: string, act: (control: KeyControl) => Promise<number>): Promise<number> {
  const client = adminClient(directory);
  if (client !== undefined) {
    return act({
      create: async (wanted) => components.CreatedKey.parse(await client.call("POST", "/keys", wanted)),
      list: async () => components.KeyList.parse(await client.call("GET", "/keys")).keys,
      revoke: async (id) =>
        components.ShownKey.parse(await client.call("DELETE", `/keys/${encodeURIComponent(id)}`)),
    });
  }
  const installation = openInstallation(directory);
  const lock = lockDirectory(directory);
  const store = openKeyStore({ directory });
  try {
    const opened = await openClientKeys({
      store,
      digestOf: installation.digestOf,
      clock: systemClock,
      random: systemRandom(),
    });
    return await act(opened.control);
  } finally {
    await store.close();
    lock.release();
  }
}

const line = (key: ShownKey): string =>
  [
    key.id,
    `…${key.hint}`,
    isoTime(epochMs(key.createdAt)).slice(0, 10),
    key.revokedAt === null ? "live   " : "revoked",
    key.models.length === 0 ? "all models" : key.models.join(","),
    key.name,
  ].join("  ");

const usageError = (message: string): GatewayError =>
  new GatewayError("malformed_request", message, { message });
