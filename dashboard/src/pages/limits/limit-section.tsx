import { useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import { count, percent } from "../../format/numbers.ts";
import { type LimitState, removeLimit } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { ChangeCell } from "../../parts/change-cell.tsx";
import { Gauge } from "../../parts/gauge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LimitDialog } from "./limit-dialog.tsx";
import { amountOf, boundsOfLimit, rateOf } from "./limit-words.ts";

type Asked = { readonly kind: "make" } | { readonly kind: "edit" | "remove"; readonly limit: LimitState };

/** The rate limits, with how full the fullest bucket of each is. */
export function LimitSection(props: {
  readonly limits: readonly LimitState[];
  readonly onChanged: () => void;
}) {
  const { limits, onChanged } = props;
  const mayWrite = useMay("models:write");
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  return (
    <section class="card flush" aria-labelledby="limits">
      <div class="card-head">
        <h2 id="limits">Rate limits</h2>
        {mayWrite ? (
          <button type="button" class="button" onClick={() => setAsked({ kind: "make" })}>
            <Icon name="plus" />
            Set a limit
          </button>
        ) : null}
      </div>
      {limits.length === 0 ? (
        <p class="muted card-note">None: nobody is held back.</p>
      ) : (
        <table class="table stacked" aria-labelledby="limits">
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col">At most</th>
              <th scope="col">Fullest bucket</th>
              <th scope="col" class="number">
                Admitted
              </th>
              <th scope="col" class="number">
                Refused
              </th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {limits.map((limit) => (
              <LimitRow
                key={limit.id}
                limit={limit}
                onStep={
                  mayWrite && limit.origin === "run-time" ? (kind) => setAsked({ kind, limit }) : undefined
                }
              />
            ))}
          </tbody>
        </table>
      )}
      {asked === undefined ? null : asked.kind === "remove" ? (
        <AskDialog
          title={`Remove the limit ${asked.limit.id}?`}
          action="Remove"
          keep="Keep it"
          isDanger
          work={() => removeLimit(asked.limit.id).then(onChanged)}
          onClose={close}
        >
          <p>Nobody is held back by it any more, and its counts are gone.</p>
        </AskDialog>
      ) : (
        <LimitDialog
          before={asked.kind === "edit" ? asked.limit : undefined}
          onClose={close}
          onDone={onChanged}
        />
      )}
    </section>
  );
}

function LimitRow(props: {
  readonly limit: LimitState;
  readonly onStep: ((kind: "edit" | "remove") => void) | undefined;
}) {
  const { limit, onStep } = props;
  return (
    <tr data-limit={limit.id}>
      <td data-name="Limit">
        <div>
          <code class="whole">{limit.id}</code>
          <span class="tag">{limit.origin === "file" ? "file" : "set here"}</span>
          <div class="muted">{boundsOfLimit(limit)}</div>
        </div>
      </td>
      <td data-name="At most">
        <div>
          {rateOf(limit)}
          <div class="muted">
            {limit.burst === limit.limit ? "" : `${amountOf(limit.unit, limit.burst)} at once`}
            {limit.factor < 1 ? ` ${percent(limit.factor)} of it now` : ""}
          </div>
        </div>
      </td>
      <td data-name="Fullest bucket" class="gauge-cell">
        <div>
          <Gauge label={`Fullest bucket of ${limit.id}`} fill={limit.fill} />
          <Takers {...limit} />
        </div>
      </td>
      <td data-name="Admitted" class="number">
        {count(limit.admitted)}
      </td>
      <td data-name="Refused" class={`number ${limit.refused > 0 ? "warn-text" : ""}`}>
        {count(limit.refused)}
      </td>
      <ChangeCell name={limit.id} onStep={onStep} />
    </tr>
  );
}

function Takers({ top, unit, buckets }: LimitState) {
  if (top.length === 0) return <span class="muted">nothing is taken of it now</span>;
  return (
    <details>
      <summary class="muted">
        {count(buckets)} {buckets === 1 ? "bucket" : "buckets"}
      </summary>
      <ol class="takers">
        {top.map(({ scope, taken, left }) => (
          <li key={scope}>
            <code>{scope}</code> {amountOf(unit, taken)} taken, {amountOf(unit, left)} left
          </li>
        ))}
      </ol>
    </details>
  );
}
