import { useState } from "preact/hooks";
import { useMay, useTenant } from "../../caller.ts";
import { listProjects, listTenants, removeProject, removeTenant } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { LoadState } from "../../parts/load-state.tsx";
import { OwnerDialog } from "./owner-dialog.tsx";
import { type Owner, ownerPath } from "./owner-draft.ts";
import { OwnerTable } from "./owner-table.tsx";

type Asked =
  | { readonly kind: "make"; readonly what: "tenant" | "project" }
  | { readonly kind: "edit" | "remove"; readonly owner: Owner };

/** Whom keys belong to: tenants and their projects. */
export function ProjectsPage() {
  const { loaded, reload } = useLoaded(load);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const mayWrite = useMay("tenants:write");
  const bound = useTenant();
  const close = (): void => setAsked(undefined);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Projects</h1>
        <p class="muted">Whom keys belong to. What a tenant may not do, its projects and keys may not.</p>
      </div>
      <LoadState loaded={loaded} reload={reload}>
        {({ tenants, projects }) => (
          <>
            <OwnerTable
              title="Tenants"
              owners={tenants}
              mayWrite={mayWrite && bound === undefined}
              onMake={() => setAsked({ kind: "make", what: "tenant" })}
              onStep={(kind, owner) => setAsked({ kind, owner })}
            />
            <OwnerTable
              title="Projects"
              owners={projects}
              mayWrite={mayWrite}
              onMake={() => setAsked({ kind: "make", what: "project" })}
              onStep={(kind, owner) => setAsked({ kind, owner })}
            />
            {asked === undefined ? null : asked.kind === "remove" ? (
              <RemoveOwner owner={asked.owner} onClose={close} onDone={reload} />
            ) : (
              <OwnerDialog
                what={
                  asked.kind === "make" ? asked.what : asked.owner.tenant === undefined ? "tenant" : "project"
                }
                before={asked.kind === "make" ? undefined : asked.owner}
                tenants={tenants.map(({ id }) => id)}
                onClose={close}
                onDone={reload}
              />
            )}
          </>
        )}
      </LoadState>
    </div>
  );
}

async function load(signal: AbortSignal) {
  const [{ tenants }, { projects }] = await Promise.all([listTenants({ signal }), listProjects({ signal })]);
  return { tenants, projects };
}

function RemoveOwner(props: {
  readonly owner: Owner;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { owner, onClose, onDone } = props;
  const isTenant = owner.tenant === undefined;
  const remove = (): Promise<unknown> =>
    isTenant ? removeTenant(owner.id) : removeProject(ownerPath(owner));
  return (
    <AskDialog
      title={`Remove ${ownerPath(owner)}?`}
      action="Remove"
      keep="Keep it"
      isDanger
      work={() => remove().then(onDone)}
      onClose={onClose}
    >
      <p>
        {isTenant ? "It goes only if it has no projects." : "It goes only if it has no valid keys."} This
        cannot be undone.
      </p>
    </AskDialog>
  );
}
