import { count } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import type { ViolationList } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";

/** What policies have denied, or would have; who somebody is stands there as a keyed hash. */
export function ViolationsSection({ violations, total }: ViolationList) {
  return (
    <section class="card flush" aria-labelledby="violations">
      <h2 id="violations">
        Violations{" "}
        <span class="muted">
          {count(total)} since the start{total > violations.length ? `, the last ${violations.length}` : ""}
        </span>
      </h2>
      {violations.length === 0 ? (
        <p class="muted card-note">None yet.</p>
      ) : (
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
                    <code class="whole">{violation.policy}</code>{" "}
                    {violation.mode === "shadow" ? <span class="decision warn">shadow</span> : null}
                    <div class="muted">{violation.reason}</div>
                  </div>
                </td>
                <td data-name="Who">
                  <div>
                    <code title={violation.subject}>{shortened(violation.subject)}</code>
                    <div class="muted">{violation.tenant}</div>
                  </div>
                </td>
                <td data-name="Route">{violation.route}</td>
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
                <td data-name="Request">
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
