import { type RouteId, routes } from "../admin/routes.ts";
import { type Audit, auditSettings } from "../capabilities/audit/index.ts";
import type { Project, Tenant } from "../exchange/identity.ts";
import type { Control, KeyControl, OwnerControl } from "../gateway/control.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { ownThreads } from "../platform/threads/index.ts";
import type { Logger } from "../ports/logger.ts";
import { openAuditLog } from "./open-audit.ts";

type KeyControls = Pick<Control, "keys" | "tenants" | "projects">;
type Changed = <Result>(route: RouteId, name: string, change: () => Promise<Result>) => Promise<Result>;

/** Keys, tenants and projects without a running gateway: each change is on record, as one through the admin API is. */
export interface RecordedKeys extends AsyncDisposable {
  readonly control: KeyControls;
}

/** The log is opened with the first change, which is refused where it cannot be. Nobody else has the directory. */
export function recordKeys(
  control: KeyControls,
  directory: string,
  { installation, warn }: { readonly installation: Installation; readonly warn: (text: string) => void },
): RecordedKeys {
  let opening: Promise<Audit> | undefined;
  const tell = (message: string): void => warn(`${message}\n`);
  const logger: Logger = { info: () => undefined, warn: tell, error: tell };
  const settings = auditSettings.parse({});
  const changed: Changed = async (route, name, change) => {
    opening ??= openAuditLog({ directory, installation, settings, logger, threads: ownThreads });
    const audit = await opening;
    await audit.beforeChange();
    const result = await change();
    if (result === undefined) return result;
    const { permission, audit: type } = { audit: undefined, ...routes[route] };
    await audit.called({
      ...{ at: systemClock.now(), route, permission, audit: type, name, caller: "root", tenant: undefined },
      ...{ requestId: uuidv7(systemClock.now(), systemRandom().bytes(10)), refusedBy: undefined },
      remoteAddress: "command line",
    });
    return result;
  };
  return {
    control: {
      keys: recordedKeys(control.keys, changed),
      tenants: recordedOwners(control.tenants, ["createTenant", "updateTenant", "removeTenant"], changed),
      projects: recordedOwners(
        control.projects,
        ["createProject", "updateProject", "removeProject"],
        changed,
      ),
    },
    [Symbol.asyncDispose]: async () => (await opening)?.close(),
  };
}

const recordedKeys = (keys: KeyControl, changed: Changed): KeyControl => ({
  list: keys.list,
  create: (wanted) => changed("createKey", "", () => keys.create(wanted)),
  update: (id, changes) => changed("updateKey", id, () => keys.update(id, changes)),
  rotate: (id, overlapMs) => changed("rotateKey", id, () => keys.rotate(id, overlapMs)),
  revoke: (id) => changed("revokeKey", id, () => keys.revoke(id)),
});

const recordedOwners = <Owner extends Tenant | Project>(
  owners: OwnerControl<Owner>,
  [create, update, remove]: readonly [RouteId, RouteId, RouteId],
  changed: Changed,
): OwnerControl<Owner> => ({
  list: owners.list,
  create: (wanted) => changed(create, wanted.id, () => owners.create(wanted)),
  update: (name, changes) => changed(update, name, () => owners.update(name, changes)),
  remove: (name) => changed(remove, name, () => owners.remove(name)),
});
