import { useCallback, useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import {
  listKeys,
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
import { TrySection } from "./try-section.tsx";
import { VersionsSection } from "./versions-section.tsx";
import { readViolationFilter, violationsQuery } from "./violation-filter.ts";
import { ViolationsSection, violationsMax } from "./violations-section.tsx";

const everyMs = 4000;

type Asked = { readonly kind: "make" } | { readonly kind: "edit" | "remove"; readonly of: PolicyState };

/** What requests are held against: rules, what they came to, and what they were before. */
export function PoliciesPage({ query }: { readonly query: URLSearchParams }) {
  const { policy, mode, key, since, until } = readViolationFilter(query);
  const mayReadKeys = useMay("keys:read");
  const load = useCallback(
    async (signal: AbortSignal) => {
      const asked = violationsQuery({ policy, mode, key, since, until });
      const [state, { versions }, violations, { keys }] = await Promise.all([
        listPolicies({ signal }),
        listPolicyVersions({ signal }),
        listViolations({ ...asked, limit: violationsMax }, { signal }),
        mayReadKeys ? listKeys({ signal }) : { keys: [] },
      ]);
      return { state, versions, violations, keys };
    },
    [policy, mode, key, since, until, mayReadKeys],
  );
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
        {({ state, versions, violations, keys }) => (
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
            {state.policies.length === 0 ? null : <TrySection />}
            <ViolationsSection
              found={violations}
              filter={{ policy, mode, key, since, until }}
              policies={state.policies.map((entry) => entry.policy.id)}
              keys={keys}
            />
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
