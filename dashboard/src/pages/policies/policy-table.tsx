import { count } from "../../format/numbers.ts";
import type { PoliciesState, PolicyState } from "../../generated/client.ts";
import { ChangeCell } from "../../parts/change-cell.tsx";
import { actionWords } from "./policy-draft.ts";

const moods: Readonly<Record<string, string>> = { enforce: "", shadow: "warn", off: "calm" };

/** The policies in force, in the order they are asked in. `onStep` absent: nothing may be changed. */
export function PolicyTable(props: {
  readonly state: PoliciesState;
  readonly onStep: ((kind: "edit" | "remove", of: PolicyState) => void) | undefined;
}) {
  const { state, onStep } = props;
  return (
    <section class="card flush" aria-labelledby="in-force">
      <h2 id="in-force">
        In force{" "}
        <span class="muted">
          revision {state.revision} · what none decides is {state.fallback === "allow" ? "allowed" : "denied"}
        </span>
      </h2>
      {state.policies.length === 0 ? (
        <p class="muted card-note">None yet.</p>
      ) : (
        <table class="table stacked" aria-labelledby="in-force">
          <thead>
            <tr>
              <th scope="col">Policy</th>
              <th scope="col">When</th>
              <th scope="col">Does</th>
              <th scope="col" class="number">
                Hits
              </th>
              <th scope="col" class="number">
                Denied
              </th>
              <th scope="col" class="number">
                Errors
              </th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {state.policies.map((entry) => (
              <PolicyRow
                key={entry.policy.id}
                entry={entry}
                onStep={
                  onStep === undefined || entry.from === "file" ? undefined : (kind) => onStep(kind, entry)
                }
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function PolicyRow(props: {
  readonly entry: PolicyState;
  readonly onStep: ((kind: "edit" | "remove") => void) | undefined;
}) {
  const { onStep, entry } = props;
  const { policy, from, form, cost } = entry;
  const mode = policy.mode ?? "enforce";
  return (
    <tr data-policy={policy.id} class={mode === "off" ? "faded" : ""}>
      <td data-name="Policy">
        <div>
          <code class="whole">{policy.id}</code>
          {from === "file" ? <span class="tag">file</span> : null}
          <div class="muted">
            {[policy.phase ?? "request", `priority ${policy.priority ?? 0}`, policy.name ?? ""]
              .filter((part) => part !== "")
              .join(" · ")}
          </div>
        </div>
      </td>
      <td data-name="When" class="condition">
        <code title={`${form}\n${cost} steps at worst`}>{policy.when}</code>
      </td>
      <td data-name="Does">
        <span class="whole">{actionWords(policy.do)}</span>{" "}
        {mode === "enforce" ? null : <span class={`decision ${moods[mode] ?? ""}`}>{mode}</span>}
      </td>
      <Figures {...entry} />
      <ChangeCell name={policy.id} onStep={onStep} />
    </tr>
  );
}

function Figures({ hits, denies, shadowDenies, errors }: PolicyState) {
  return (
    <>
      <td data-name="Hits" class="number">
        {count(hits)}
      </td>
      <td data-name="Denied" class="number whole">
        <div>
          <span class={denies > 0 ? "warn-text" : ""}>{count(denies)}</span>
          {shadowDenies === 0 ? null : (
            <div class="muted" title="What it would have denied.">
              {count(shadowDenies)} in shadow
            </div>
          )}
        </div>
      </td>
      <td data-name="Errors" class={`number ${errors > 0 ? "bad-text" : ""}`}>
        {count(errors)}
      </td>
    </>
  );
}
