import { type KeyDirectory, printKey, unbounded } from "../capabilities/identity/index.ts";
import { type ClientKey, defaultProject, defaultTenant } from "../exchange/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { KeyDigests } from "../ports/key-digests.ts";
import type { KeyStore } from "../ports/key-store.ts";
import type { Random } from "../ports/random.ts";
import type { Timer } from "../ports/timer.ts";
import type { Control } from "./control.ts";
import { openKeyBook } from "./key-book.ts";
import { keyControl } from "./key-control.ts";
import { createKeyUses, type KeyUses } from "./key-uses.ts";
import { projectControl, tenantControl } from "./owner-control.ts";
import type { OwnZones } from "./wanted-grant.ts";

/** A key that is not drawn but always the same. `whole`: the same in the form of old, which may be kept from then. */
export interface FixedKey {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly secret: string;
  readonly whole: string;
}

/** The client keys of this gateway and whom they belong to: kept in the store, looked up in memory. */
export interface ClientKeys extends Pick<KeyUses, "used" | "keep"> {
  /** What requests look up; replaced whole at each change. */
  readonly directory: () => KeyDirectory;
  readonly digests: KeyDigests;
  /** `ownZones`: a zone that nobody knows would shut a new key out of everything. */
  readonly control: (ownZones: OwnZones) => Pick<Control, "keys" | "tenants" | "projects">;
  /** Calls `tell` each time that keys may have become void here: what they have open can end at once. */
  readonly onRevoked: (tell: () => void) => void;
  /**
   * Makes sure that a key is known, unless one of its id exists, revoked or not.
   * @returns The key, as long as it is valid in this form; `undefined` once it was revoked or has another secret.
   */
  readonly ensure: (key: FixedKey) => Promise<string | undefined>;
}

/** `timer`: absent where no requests use keys. */
export async function openClientKeys(parts: {
  readonly store: KeyStore;
  readonly digests: KeyDigests;
  readonly clock: Clock;
  readonly random: Random;
  readonly timer?: Timer;
}): Promise<ClientKeys> {
  const { store, digests, clock } = parts;
  const book = await openKeyBook(store);
  const uses = createKeyUses(store, parts.timer);
  return {
    ...{ directory: book.directory, digests, used: uses.used, keep: uses.keep, onRevoked: book.onNarrowed },
    control: (ownZones) => ({
      keys: keyControl({ ...parts, book, uses, ownZones }),
      tenants: tenantControl({ book, clock, ownZones }),
      projects: projectControl({ book, clock, ownZones }),
    }),
    ensure: async (wanted) => {
      const known = book.directory().byId.get(wanted.id);
      const fixed = withSecret(wanted, digests);
      if (known === undefined) {
        await book.insert({ ...firstOf(wanted, clock.now()), ...fixed.kept });
        return fixed.key;
      }
      if (known.revokedAt !== null) return undefined;
      if (digests.areSame(known.secret.digest, digests.ofWhole(wanted.whole))) {
        // Made before keys had handles: it goes on to be valid in the form of then.
        await book.update({ ...known, ...fixed.kept, previous: { ...known.secret, until: null } });
        return fixed.key;
      }
      return digests.areSame(known.secret.digest, fixed.kept.secret.digest) ? fixed.key : undefined;
    },
  };
}

function withSecret({ handle, secret }: FixedKey, digests: KeyDigests) {
  const key = printKey(handle, secret);
  const digest = digests.ofSecret(secret);
  return { key, kept: { handle, secret: { form: "v1", digest }, hint: key.slice(-4) } as const };
}

const firstOf = (
  { id, name }: FixedKey,
  createdAt: number,
): Omit<ClientKey, "handle" | "secret" | "hint"> => ({
  ...unbounded,
  ...{ id, name, tenant: defaultTenant, project: defaultProject, user: null, priority: null, labels: {} },
  ...{ previous: null, createdAt, revokedAt: null, lastUsedAt: null },
});
