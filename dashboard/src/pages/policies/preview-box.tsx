import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { PolicyPreview, PolicySimulation } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { Prose } from "../../parts/prose.tsx";
import type { Previewed } from "./use-preview.ts";

/** What the policy that is being written would come to, or what is wrong with it. */
export function PreviewBox(props: {
  readonly previewed: Previewed;
  readonly when: string;
  readonly id: string;
}) {
  const { previewed, when, id } = props;
  return (
    <div class="preview-box" role="status" aria-label="What it would come to">
      {previewed.state === "none" ? (
        <p class="muted">
          With an id and a condition, it shows here what it would have done in the last hour.
        </p>
      ) : null}
      {previewed.state === "asking" ? <p class="muted">Looking …</p> : null}
      {previewed.state === "refused" ? (
        <p class="bad-text">
          <Prose text={previewed.message} />
        </p>
      ) : null}
      {previewed.state === "ready" ? <Preview {...previewed.preview} when={when} written={id} /> : null}
    </div>
  );
}

function Preview(props: PolicyPreview & { readonly when: string; readonly written: string }) {
  const { problems, conflicts, compiled, effect, when, written } = props;
  const own = compiled.find(({ id }) => id === written);
  return (
    <>
      {problems.map((problem) => (
        <div key={`${problem.index} ${problem.field} ${problem.at}`} class="policy-problem">
          <p class="bad-text">
            <strong>
              {problem.id === written ? "" : `${problem.id}: `}
              {problem.field}
              {problem.at === undefined ? "" : `, character ${problem.at}`}
            </strong>
            : <Prose text={problem.message} />
          </p>
          {problem.at === undefined || problem.id !== written ? null : <Marked text={when} at={problem.at} />}
        </div>
      ))}
      {conflicts.map(({ policy, kind, message }) => (
        <p key={`${policy} ${kind}`} class="warn-text">
          <strong>{policy}</strong>: <Prose text={message} />
        </p>
      ))}
      {effect === null ? null : <Effect {...effect} />}
      {own === undefined ? null : (
        <p class="muted">
          <code>{own.form}</code> · {count(own.cost)} {own.cost === 1 ? "step" : "steps"} at worst
        </p>
      )}
    </>
  );
}

/** The condition with the place marked that is wrong. @param at Its character, from 1; behind the last: the end. */
function Marked({ text, at }: { readonly text: string; readonly at: number }) {
  const start = at - 1;
  const word = /^\w[\w.]*/.exec(text.slice(start))?.[0] ?? text.slice(start, at);
  return (
    <pre class="marked">
      {text.slice(0, start)}
      <mark>{word === "" ? " " : word}</mark>
      {text.slice(start + word.length)}
    </pre>
  );
}

function Effect(effect: PolicySimulation) {
  const { requests, newlyDenied, newlyAllowed, changedConstraints, unknown, costDifferenceNanoUsd } = effect;
  const keys = effect.by.key.filter((key) => key.newlyDenied > 0).slice(0, 5);
  if (requests === 0) return <p>It compiles. No request was recorded in the last hour.</p>;
  return (
    <>
      <p>
        Of {count(requests)} {requests === 1 ? "request" : "requests"} of the last hour:{" "}
        <strong class={newlyDenied > 0 ? "bad-text" : ""}>{count(newlyDenied)} denied that were not</strong>,{" "}
        {count(newlyAllowed)} allowed that were not, {count(changedConstraints)} narrowed otherwise
        {unknown === 0 ? "" : `; ${count(unknown)} cannot be told`}.
        {costDifferenceNanoUsd === 0
          ? ""
          : ` What would be denied cost ${money(Math.abs(costDifferenceNanoUsd))}.`}
      </p>
      {keys.length === 0 ? null : (
        <p class="muted">
          Keys: {keys.map(({ name, newlyDenied: times }) => `${name} (${count(times)})`).join(", ")}
        </p>
      )}
      {effect.samples.length === 0 ? null : (
        <p class="muted">
          Such as{" "}
          {effect.samples.slice(0, 3).map(({ requestId }) => (
            <span key={requestId} class="told-fact">
              <Link to={`/requests/${requestId}`}>…{requestId.slice(-8)}</Link>
            </span>
          ))}
        </p>
      )}
    </>
  );
}
