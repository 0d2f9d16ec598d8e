import { useState } from "preact/hooks";
import { evaluatePolicies, type PolicyAnswer } from "../../generated/client.ts";
import { useTask } from "../../live/use-task.ts";
import { Choice, TextArea, TextField } from "../../parts/fields.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Prose } from "../../parts/prose.tsx";
import { phases } from "./policy-fields.tsx";
import { firstQuestion, outcomes, questionOf } from "./question-draft.ts";

const protocols = ["ai", "raw", "realtime", "rest", "grpc", "graphql", "websocket"].map((value) => ({
  value,
  name: value,
}));

/** A request that is made up, held against the policies in force; nothing is sent. */
export function TrySection() {
  const [draft, setDraft] = useState(firstQuestion);
  const [answer, setAnswer] = useState<PolicyAnswer | undefined>(undefined);
  const task = useTask();
  const question = questionOf(draft);
  const change = (part: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...part });
    setAnswer(undefined);
  };
  return (
    <section class="card" aria-labelledby="try">
      <details class="try">
        <summary>
          <h2 id="try">
            Try a request <span class="muted">against the policies in force; nothing is sent</span>
          </h2>
        </summary>
        <form
          class="policy-editor"
          aria-labelledby="try"
          onSubmit={(event) => {
            event.preventDefault();
            if (question !== undefined)
              task.run(() => {
                setAnswer(undefined);
                return evaluatePolicies(question).then(setAnswer);
              });
          }}
        >
          <div class="field-grid">
            <Choice
              label="Asked of"
              value={draft.phase}
              choices={phases}
              onValue={(phase) => change({ phase })}
            />
            <Choice
              label="Protocol"
              value={draft.protocol}
              choices={protocols}
              onValue={(protocol) => change({ protocol })}
            />
            <TextField
              label="Tenant"
              maxLength={100}
              value={draft.tenant}
              onValue={(tenant) => change({ tenant })}
            />
            <TextField
              label="Route"
              hint="of services; empty: none"
              maxLength={100}
              value={draft.route}
              onValue={(route) => change({ route })}
            />
          </div>
          <TextArea
            label="Facts"
            hint="JSON: what conditions may ask, by name; of headers and claims a list of values each"
            rows={8}
            value={draft.facts}
            onValue={(facts) => change({ facts })}
          />
          {question === undefined ? <p class="bad-text">The facts are not a JSON object yet.</p> : null}
          <div class="dialog-foot">
            <button
              type="submit"
              class="button primary"
              disabled={question === undefined}
              aria-disabled={task.isBusy}
            >
              Ask the policies
            </button>
          </div>
          <Problem text={task.problem} />
          <div role="status" aria-label="What they say">
            {answer === undefined ? null : <Answer {...answer} />}
          </div>
        </form>
      </details>
    </section>
  );
}

function Answer({ allowed, reason, policy, trace, read }: PolicyAnswer) {
  return (
    <div class="preview-box">
      <p>
        <strong class={allowed ? "" : "bad-text"}>{allowed ? "Allowed" : "Denied"}</strong>
        {policy === "" ? " by default" : ""}: <Prose text={reason} />
      </p>
      {trace.length === 0 ? (
        <p class="muted">No policy is meant for such a request.</p>
      ) : (
        <ol class="trace" aria-label="In the order they were asked in">
          {trace.map(({ policy: id, outcome, fault }, index) => (
            <li key={id} data-met={id}>
              <span class="muted">{index + 1}.</span>{" "}
              <span class={`status ${outcomes[outcome].mood}`}>
                <span class="dot" aria-hidden="true" />
                <code>{id}</code>
              </span>{" "}
              {outcomes[outcome].word}
              {fault === undefined ? null : (
                <span class="muted">
                  : <Prose text={fault} />
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {read.length === 0 ? null : (
        <p class="muted">
          Asked for{" "}
          {read.map((name, index) => (
            <span key={name}>
              {index === 0 ? "" : ", "}
              <code>{name}</code>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
