import { useState } from "preact/hooks";
import { count } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import { type PolicyVersionList, rollBackPolicies } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";

/** What was in force before. `onRolledBack` absent: it may not be brought back. */
export function VersionsSection(props: {
  readonly versions: PolicyVersionList["versions"];
  readonly revision: number;
  readonly onRolledBack: (() => void) | undefined;
}) {
  const { versions, revision, onRolledBack } = props;
  const [asked, setAsked] = useState<number | undefined>(undefined);
  return (
    <section class="card flush" aria-labelledby="versions">
      <h2 id="versions">
        Versions <span class="muted">of what was set here</span>
      </h2>
      {versions.length === 0 ? (
        <p class="muted card-note">None yet.</p>
      ) : (
        <table class="table stacked" aria-labelledby="versions">
          <thead>
            <tr>
              <th scope="col">Revision</th>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col" class="number">
                Policies
              </th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => (
              <tr key={version.revision} data-revision={version.revision}>
                <td data-name="Revision">{version.revision}</td>
                <td data-name="When" class="whole">
                  <time dateTime={moment(version.at)} title={moment(version.at)}>
                    {clockOrDay(version.at, Date.now())}
                  </time>
                </td>
                <td data-name="Who">
                  <code>{version.by}</code>
                </td>
                <td data-name="Policies" class="number">
                  {count(version.policies)}
                </td>
                <td class="number">
                  {version.revision === revision ? (
                    <span class="muted">in force</span>
                  ) : onRolledBack === undefined ? null : (
                    <button type="button" class="button" onClick={() => setAsked(version.revision)}>
                      Roll back<span class="visually-hidden"> to revision {version.revision}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {asked === undefined || onRolledBack === undefined ? null : (
        <AskDialog
          title={`Roll back to revision ${asked}?`}
          action="Roll back"
          isDanger
          work={() => rollBackPolicies({ revision: asked }).then(onRolledBack)}
          onClose={() => setAsked(undefined)}
        >
          <p>Its policies take the place of all that are set here now, as a new revision.</p>
        </AskDialog>
      )}
    </section>
  );
}
