import { compileDirectory, type DigestOf, type KeyDirectory } from "../capabilities/identity/index.ts";
import { type RegionsSettings, unknownZone } from "../capabilities/residency/index.ts";
import type { ClientKey } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import { base62 } from "../kernel/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { KeyStore } from "../ports/key-store.ts";
import type { Random } from "../ports/random.ts";
import type { Control, ShownKey } from "./control.ts";

const nameBytesMax = 100;
const modelsMax = 100;
const zonesMax = 50;

/** The client keys of this gateway: kept in the store, looked up in memory. */
export interface ClientKeys {
  /** What requests look up; replaced whole at each change. */
  readonly directory: () => KeyDirectory;
  readonly control: Control["keys"];
  /** Calls `tell` each time that a key has been revoked here: what it has open can end at once. */
  readonly onRevoked: (tell: () => void) => void;
  /** Makes sure that `key` is known, under the id and name given, unless a key of this id exists, revoked or not. */
  readonly ensure: (
    key: string,
    wanted: { readonly id: string; readonly name: string },
  ) => Promise<ClientKey>;
}

export async function openClientKeys(parts: {
  readonly store: KeyStore;
  readonly digestOf: DigestOf;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<ClientKeys> {
  const { store, digestOf, clock, random } = parts;
  let keys = await store.list();
  let directory = compileDirectory(keys);
  const told: (() => void)[] = [];
  const reread = async (): Promise<void> => {
    keys = await store.list();
    directory = compileDirectory(keys);
  };
  const insert = async (
    key: string,
    entry: Pick<ClientKey, "id" | "name" | "models" | "residency">,
  ): Promise<ClientKey> => {
    const made: ClientKey = {
      ...entry,
      digest: digestOf(key),
      hint: key.slice(-4),
      createdAt: clock.now(),
      revokedAt: null,
    };
    await store.insert(made);
    await reread();
    return made;
  };
  return {
    directory: () => directory,
    onRevoked: (tell) => told.push(tell),
    ensure: async (key, wanted) =>
      keys.find((known) => known.id === wanted.id) ?? insert(key, { ...wanted, models: [], residency: [] }),
    control: {
      list: () => keys.map(shown),
      create: async ({ name, models, residency = [] }) => {
        checkWanted(name, models);
        const key = `sp-${base62(random.bytes(32))}`;
        const entry = await insert(key, { id: `key_${base62(random.bytes(9))}`, name, models, residency });
        return { key, entry: shown(entry) };
      },
      revoke: async (id) => {
        const revoked = await store.revoke(id, clock.now());
        if (revoked === undefined) return undefined;
        await reread();
        for (const tell of told) tell();
        return shown(revoked);
      },
    },
  };
}

function checkWanted(name: string, models: readonly string[]): void {
  if (name.trim() === "" || name.length > nameBytesMax) {
    throw new GatewayError("malformed_request", "name of a key", {
      message: `A key needs a name of 1 to ${nameBytesMax} characters.`,
      param: "name",
    });
  }
  if (models.length > modelsMax || models.some((glob) => glob.trim() === "" || glob.length > 200)) {
    throw new GatewayError("malformed_request", "models of a key", {
      message: `\`models\` takes at most ${modelsMax} globs of 1 to 200 characters.`,
      param: "models",
    });
  }
}

/** The same keys, where it is known which zones there are: a name that is none would shut a new key out of everything. */
export const withKnownZones = (
  control: Control["keys"],
  ownZones: () => RegionsSettings["zones"],
): Control["keys"] => ({
  ...control,
  create: async (wanted) => {
    checkZones(wanted.residency ?? [], ownZones());
    return control.create(wanted);
  },
});

function checkZones(zones: readonly string[], own: RegionsSettings["zones"]): void {
  const fault = zones.map((zone) => unknownZone(zone, own)).find((found) => found !== undefined);
  if (fault === undefined && zones.length <= zonesMax) return;
  const message = fault ?? `\`residency\` takes at most ${zonesMax} zones.`;
  throw new GatewayError("malformed_request", "residency of a key", { message, param: "residency" });
}

function shown({ digest: _digest, ...key }: ClientKey): ShownKey {
  return key;
}
