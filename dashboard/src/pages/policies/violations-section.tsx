import { count } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import type { ShownKey, ViolationList } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { Prose } from "../../parts/prose.tsx";
import { navigate } from "../../router.ts";
import { type ViolationFilter, violationsLink } from "./violation-filter.ts";
import { ViolationFilters } from "./violation-filters.tsx";

/** How many are shown at most. */
export const violationsMax = 50;

/** What policies have denied, or would have; values that say who somebody is stand there as keyed hashes. */
export function ViolationsSection(props: {
  readonly found: ViolationList;
  readonly filter: ViolationFilter;
  readonly policies: readonly string[];
  readonly keys: readonly Pick<ShownKey, "id" | "name" | "hint">[];
}) {
  const { found, filter, keys } = props;
  const { violations, total } = found;
  const named = new Set([...props.policies, ...violations.map(({ policy }) => policy)]);
  const isEverything = violationsLink(filter) === "/policies";
  return (
    <section class="card flush" aria-labelledby="violations">
      <h2 id="violations">
        Violations{" "}
        <span class="muted">
          {count(total)} denied since the start
          {violations.length === violationsMax ? `; the last ${violationsMax} that fit` : ""}
        </span>
      </h2>
      {isEverything && violations.length === 0 ? (
        <p class="muted card-note">None yet.</p>
      ) : (
        <ViolationFilters
          filter={filter}
          policies={[...named].filter((id) => id !== "").toSorted()}
          keys={keys}
          onChange={(changed) => navigate(violationsLink(changed), { replace: true })}
        />
      )}
      {!isEverything && violations.length === 0 ? <p class="muted card-note">None fits.</p> : null}
      {violations.length === 0 ? null : (
        <table class="table stacked" aria-labelledby="violations">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Policy</th>
              <th scope="col">Who</th>
              <th scope="col">Route</th>
              <th scope="col">Facts</th>
              <th scope="col">Request</th>
            </tr>
          </thead>
          <tbody>
            {violations.map((violation) => (
              <tr key={violation.id}>
                <td data-name="When" class="whole">
                  <time dateTime={moment(violation.at)} title={moment(violation.at)}>
                    {clockOrDay(violation.at, Date.now())}
                  </time>
                </td>
                <td data-name="Policy">
                  <div>
                    {violation.policy === "" ? "the default" : <code class="whole">{violation.policy}</code>}{" "}
                    {violation.mode === "shadow" ? <span class="decision warn">shadow</span> : null}
                    <div class="muted">
                      <Prose text={violation.reason} />
                    </div>
                  </div>
                </td>
                <td data-name="Who" class="whole">
                  <div>
                    <span title={violation.subject}>
                      {keys.find(({ id }) => id === violation.subject)?.name ?? (
                        <code>{shortened(violation.subject)}</code>
                      )}
                    </span>
                    <div class="muted">{violation.tenant}</div>
                  </div>
                </td>
                <td data-name="Route" class="whole">
                  {violation.route}
                </td>
                <td data-name="Facts" class="told">
                  <div>
                    {Object.entries(violation.facts).map(([name, value]) => (
                      <span key={name} class="told-fact">
                        <span class="muted">{name}</span>{" "}
                        {typeof value === "object" ? JSON.stringify(value) : String(value)}
                      </span>
                    ))}
                  </div>
                </td>
                <td data-name="Request" class="whole">
                  <Link to={`/requests/${violation.requestId}`}>
                    <code title={violation.requestId}>…{violation.requestId.slice(-8)}</code>
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const shortened = (text: string): string => (text.length > 14 ? `${text.slice(0, 12)}…` : text);
