import { idOfHandle, keyHandle, printKey } from "../capabilities/identity/index.ts";
import { type ClientKey, defaultProject, defaultTenant, type Grant } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import { base62 } from "../kernel/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { KeyDigests } from "../ports/key-digests.ts";
import type { Random } from "../ports/random.ts";
import { type KeyBook, ownersOf } from "./key-book.ts";
import type { KeyChanges, KeyControl, MadeKey, ShownKey } from "./key-states.ts";
import type { KeyUses } from "./key-uses.ts";
import { noTenant } from "./owner-control.ts";
import { checkLabels, checkName, checkWithin, type OwnZones, wantedGrant } from "./wanted-grant.ts";

const hourMs = 3_600_000;
/** How long the old secret is valid beside the new one. Source: security specification, part 1. */
const usualOverlapMs = 24 * hourMs;
const overlapMsMax = 30 * 24 * hourMs;

interface KeyParts {
  readonly book: KeyBook;
  readonly uses: Pick<KeyUses, "last">;
  readonly digests: KeyDigests;
  readonly clock: Clock;
  readonly random: Random;
  readonly ownZones: OwnZones;
}

export function keyControl({ book, uses, digests, clock, random, ownZones }: KeyParts): KeyControl {
  const find = (id: string) => book.directory().byId.get(id);
  const shown = ({ secret: _, handle: _1, previous, ...key }: ClientKey): ShownKey => ({
    ...key,
    lastUsedAt: uses.last(key.id) ?? key.lastUsedAt,
    previous:
      previous === null || (previous.until ?? Infinity) <= clock.now() ? null : { until: previous.until },
  });
  const newSecret = (handle: string) => {
    const secret = base62(random.bytes(32));
    const key = printKey(handle, secret);
    return {
      key,
      kept: {
        handle,
        secret: { form: "v1", digest: digests.ofSecret(secret) },
        hint: key.slice(-4),
      } as const,
    };
  };
  const granted = <Child extends Grant>(
    whose: Pick<ClientKey, "tenant" | "project">,
    child: Child,
  ): Child => {
    const { tenant, project } = ownersOf(book.owners(), whose);
    if (tenant === undefined) throw noTenant(whose.tenant);
    if (project === undefined) throw noProject(whose.project, tenant.id);
    const above = [
      { ...project, what: `the project \`${project.id}\`` },
      { ...tenant, what: `the tenant \`${tenant.id}\`` },
    ];
    checkWithin(child, above, ownZones);
    if (child.expiresAt !== null && child.expiresAt <= clock.now()) throw isOver();
    return child;
  };
  const changeable = (id: string): ClientKey | undefined => {
    const key = find(id);
    if (key === undefined || key.revokedAt === null) return key;
    const message = `The key \`${id}\` is revoked: it stays so.`;
    throw new GatewayError("conflict", message, { message });
  };
  const made = (key: string, entry: ClientKey): MadeKey => ({ key, entry: shown(entry) });
  return {
    list: () => [...book.directory().byId.values()].map(shown),
    create: async ({ tenant = defaultTenant, project = defaultProject, ...wanted }) => {
      const whose = { tenant, project };
      const attributes = granted(whose, changed(wanted, ownZones));
      const handle = keyHandle(random.bytes(12));
      const { key, kept } = newSecret(handle);
      const entry: ClientKey = {
        ...attributes,
        ...whose,
        ...kept,
        id: idOfHandle(handle),
        previous: null,
        createdAt: clock.now(),
        revokedAt: null,
        lastUsedAt: null,
      };
      await book.insert(entry);
      return made(key, entry);
    },
    update: async (id, changes) => {
      const known = changeable(id);
      if (known === undefined) return undefined;
      const entry = { ...known, ...granted(known, changed(changes, ownZones, known)) };
      await book.update(entry);
      return shown(entry);
    },
    rotate: async (id, overlapMs = usualOverlapMs) => {
      if (!(overlapMs >= 0 && overlapMs <= overlapMsMax)) throw badOverlap();
      const known = changeable(id);
      if (known === undefined) return undefined;
      const { key, kept } = newSecret(known.handle ?? keyHandle(random.bytes(12)));
      const previous = { ...known.secret, until: clock.now() + overlapMs };
      const entry = { ...known, ...kept, previous };
      await book.update(entry);
      return made(key, entry);
    },
    revoke: async (id) => {
      const revoked = await book.revoke(id, clock.now());
      return revoked && shown(revoked);
    },
  };
}

type Attributes = Grant & Pick<ClientKey, "name" | "user" | "priority" | "labels">;

const changed = (changes: KeyChanges, ownZones: OwnZones, known?: ClientKey): Attributes => ({
  ...wantedGrant(changes, ownZones, known),
  name: checkName(changes.name ?? known?.name ?? ""),
  user: changes.user === undefined ? (known?.user ?? null) : checkUser(changes.user),
  priority: changes.priority === undefined ? (known?.priority ?? null) : changes.priority,
  labels: checkLabels(changes.labels ?? known?.labels ?? {}),
});

function checkUser(user: string | null): string | null {
  if (user === null || (user.trim() !== "" && user.length <= 200)) return user;
  throw malformed("user", "`user` takes 1 to 200 characters.");
}

const noProject = (id: string, tenant: string): GatewayError =>
  malformed("project", `There is no project \`${id}\` of the tenant \`${tenant}\`.`);
const isOver = (): GatewayError => malformed("expiresAt", "`expiresAt` must be ahead.");
const badOverlap = (): GatewayError =>
  malformed("overlapMs", "`overlapMs` takes 0 to 2592000000 milliseconds (30 days).");
const malformed = (param: string, message: string): GatewayError =>
  new GatewayError("malformed_request", `${param} of a key`, { message, param });
