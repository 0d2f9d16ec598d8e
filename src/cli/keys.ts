import { existsSync } from "node:fs";
import { components } from "../admin/schemas.ts";
import { openClientKeys } from "../gateway/client-keys.ts";
import type { Control, ShownKey } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { lockDirectory, openKeyStore } from "../platform/sqlite/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { adminClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport keys`: through the running gateway when there is one, else straight in its directory. */
export async function keys(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.keys);
  const [action, id] = positionals;
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  const directory = dataDirectory({ named: values["data-dir"] }, world);
  switch (action) {
    case "create": {
      checkOperands(positionals, 1);
      const wanted = wantedKey(values);
      return withKeys(directory, async (control) => {
        const made = await control.create(wanted);
        return print(
          { key: made.key, ...made.entry },
          `${made.key}\n\nThis is the only time the key is shown. Its id is ${made.entry.id}.\n`,
        );
      });
    }
    case "list":
      checkOperands(positionals, 1);
      requireDirectory(directory);
      return withKeys(directory, async (control) => {
        const list = await control.list();
        const text = list.length === 0 ? "There are no client keys.\n" : `${list.map(line).join("\n")}\n`;
        return print(list, text);
      });
    case "revoke":
      if (id === undefined) throw new UsageError("which key? `sallyport keys revoke ID`");
      requireDirectory(directory);
      return withKeys(directory, async (control) => {
        const revoked = await control.revoke(id);
        if (revoked === undefined)
          throw failure(`there is no key \`${id}\`; \`sallyport keys list\` shows them`);
        return print(revoked, `Revoked ${revoked.id} (${revoked.name}).\n`);
      });
    default:
      throw new UsageError(
        action === undefined
          ? "what about the keys? `create`, `list` or `revoke`"
          : `keys cannot be told to \`${action}\`${meant(action, ["create", "list", "revoke"])}`,
      );
  }
}

function checkOperands(given: readonly string[], most: number): void {
  const surplus = given[most];
  if (surplus !== undefined) throw new UsageError(`\`${surplus}\` has no meaning here`);
}

/** The same rules as behind the admin API, so that it makes no difference whether a gateway is running. */
function wantedKey({
  name,
  models,
  residency,
}: { readonly [Option in "name" | "models" | "residency"]?: string }) {
  if (name === undefined) throw new UsageError("a key needs a name: `sallyport keys create --name NAME`");
  const wanted = components.WantedKey.safeParse({
    name,
    models: listed(models),
    residency: listed(residency?.toLowerCase()),
  });
  if (wanted.success) return wanted.data;
  throw new UsageError(faults[String(wanted.error.issues[0]?.path[0])] ?? wanted.error.message);
}

const listed = (text: string | undefined): readonly string[] =>
  text?.split(",").map((item) => item.trim()) ?? [];

const faults: Readonly<Record<string, string>> = {
  name: "`--name` takes 1 to 100 characters",
  models: "`--models` takes at most 100 names or globs with commas between, each of 1 to 200 characters",
  residency: "`--residency` takes at most 50 zones with commas between, such as `eu` or `de,ch`",
};

/** Looking at keys must not make a directory where there is none. */
function requireDirectory(directory: string): void {
  if (!existsSync(directory)) {
    throw failure(
      `there is no data directory ${directory}; \`sallyport start\` makes it, \`--data-dir\` names another`,
    );
  }
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
    key.residency.length === 0 ? "anywhere" : `in ${key.residency.join(",")}`,
    key.name,
  ].join("  ");

const failure = (message: string): GatewayError => new GatewayError("conflict", message, { message });
