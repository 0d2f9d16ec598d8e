import { components } from "../admin/schemas.ts";
import type { ShownKey } from "../gateway/control.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { grantWords, present, readWanted, toldGrant } from "./grant-options.ts";
import { failure, type KeyAccess, requireDirectory, withKeys } from "./key-access.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

const actions = ["create", "list", "rotate", "update", "revoke"] as const;

/** `sallyport keys`: through the running gateway when there is one, else straight in its directory. */
export async function keys(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.keys);
  const [action, id] = positionals;
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  const directory = dataDirectory({ named: values["data-dir"] }, world);
  const told = () =>
    present({
      ...toldGrant(values),
      user: values.user,
      priority: values.priority,
    });
  /** Does something to the key that is named. */
  const toKey = (act: (control: KeyAccess["keys"], of: string) => Promise<number>): Promise<number> => {
    if (id === undefined) throw new UsageError(`which key? \`sallyport keys ${action} ID\``);
    requireDirectory(directory);
    return withKeys(directory, world, (access) => act(access.keys, id));
  };
  switch (action) {
    case "create": {
      checkOperands(positionals, 1);
      if (values.name === undefined)
        throw new UsageError("a key needs a name: `sallyport keys create --name NAME`");
      const whose = present({ tenant: values.tenant, project: values.project });
      const wanted = readWanted(components.WantedKey, { ...told(), ...whose });
      return withKeys(directory, world, async ({ keys: control }) => {
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
      return withKeys(directory, world, async ({ keys: control }) => {
        const list = await control.list();
        const text = list.length === 0 ? "There are no client keys.\n" : `${list.map(line).join("\n")}\n`;
        return print(list, text);
      });
    case "rotate":
      return toKey(async (control, of) => {
        const made = (await control.rotate(of, overlapOf(values.overlap))) ?? noKey(of);
        const until = made.entry.previous?.until ?? undefined;
        const old =
          until === undefined ? "is not valid any more" : `is valid until ${isoTime(epochMs(until))}`;
        return print(
          { key: made.key, ...made.entry },
          `${made.key}\n\nThis is the only time the key is shown. The old one of ${of} ${old}.\n`,
        );
      });
    case "update":
      return toKey(async (control, of) => {
        const changes = readWanted(components.KeyChanges, told());
        const entry = (await control.update(of, changes)) ?? noKey(of);
        return print(entry, `${line(entry)}\n`);
      });
    case "revoke":
      return toKey(async (control, of) => {
        const revoked = (await control.revoke(of)) ?? noKey(of);
        return print(revoked, `Revoked ${revoked.id} (${revoked.name}).\n`);
      });
    default:
      throw new UsageError(
        action === undefined
          ? "what about the keys? `create`, `list`, `rotate`, `update` or `revoke`"
          : `keys cannot be told to \`${action}\`${meant(action, actions)}`,
      );
  }
}

function checkOperands(given: readonly string[], most: number): void {
  const surplus = given[most];
  if (surplus !== undefined) throw new UsageError(`\`${surplus}\` has no meaning here`);
}

const hourMs = 3_600_000;

function overlapOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,4})(h|d)$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * (unit === "d" ? 24 : 1) * hourMs;
  throw new UsageError("`--overlap` takes hours or days, such as `24h` or `7d`");
}

function noKey(id: string): never {
  throw failure(`there is no key \`${id}\`; \`sallyport keys list\` shows them`);
}

const line = (key: ShownKey): string =>
  [
    key.id,
    `…${key.hint}`,
    isoTime(epochMs(key.createdAt)).slice(0, 10),
    key.revokedAt === null ? "live   " : "revoked",
    ...(key.tenant === "default" && key.project === "default" ? [] : [`${key.tenant}/${key.project}`]),
    ...grantWords({ ...key, scope: { ...key.scope } }),
    key.name,
  ].join("  ");
