import { useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import {
  listPolicies,
  listPolicyVersions,
  listViolations,
  type PolicyState,
  removePolicy,
} from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { PageState } from "../../parts/page-state.tsx";
import { PolicyEditor } from "./policy-editor.tsx";
import { PolicyTable } from "./policy-table.tsx";
import { VersionsSection } from "./versions-section.tsx";
import { ViolationsSection } from "./violations-section.tsx";

const everyMs = 4000;

async function load(signal: AbortSignal) {
  const [state, { versions }, violations] = await Promise.all([
    listPolicies({ signal }),
    listPolicyVersions({ signal }),
    listViolations({ limit: 50 }, { signal }),
  ]);
  return { state, versions, violations };
}

type Asked = { readonly kind: "make" } | { readonly kind: "edit" | "remove"; readonly of: PolicyState };

/** What requests are held against: rules, what they came to, and what they were before. */
export function PoliciesPage() {
  const polled = usePolling(load, everyMs);
  const mayWrite = useMay("policies:write");
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const before = asked?.kind === "edit" ? asked.of.policy : undefined;
  return (
    <div class="page">
      <div class="page-head">
        <h1>Policies</h1>
        <p class="muted">Rules that requests, targets and answers are held against.</p>
        {mayWrite && (asked === undefined || asked.kind === "remove") ? (
          <button type="button" class="button primary" onClick={() => setAsked({ kind: "make" })}>
            <Icon name="plus" />
            Write a policy
          </button>
        ) : null}
      </div>
      <PageState polled={polled}>
        {({ state, versions, violations }) => (
          <>
            {asked === undefined || asked.kind === "remove" ? null : (
              <PolicyEditor
                key={before?.id}
                before={before}
                state={state}
                onClose={close}
                onCommitted={() => {
                  close();
                  polled.retry();
                }}
              />
            )}
            <PolicyTable state={state} onStep={mayWrite ? (kind, of) => setAsked({ kind, of }) : undefined} />
            <ViolationsSection {...violations} />
            <VersionsSection
              versions={versions}
              revision={state.revision}
              onRolledBack={mayWrite ? polled.retry : undefined}
            />
          </>
        )}
      </PageState>
      {asked?.kind === "remove" ? (
        <AskDialog
          title={`Remove the policy ${asked.of.policy.id}?`}
          action="Remove"
          keep="Keep it"
          isDanger
          work={() => removePolicy(asked.of.policy.id).then(polled.retry)}
          onClose={close}
        >
          <p>Holds from the next request on. An earlier version brings it back.</p>
        </AskDialog>
      ) : null}
    </div>
  );
}
