import { count, share } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import { type GuardrailState, readGuardrails } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { Link } from "../../parts/link.tsx";
import { PageState } from "../../parts/page-state.tsx";
import { Tile } from "../../parts/tile.tsx";

const everyMs = 3000;
const load = (signal: AbortSignal): Promise<GuardrailState> => readGuardrails({ signal });

const places: Readonly<Record<string, string>> = {
  input: "question",
  output: "answer",
  "tool-arguments": "arguments of a tool",
  "tool-result": "result of a tool",
};

/** What guardrails have found, and what they have stopped. What was found is never shown. */
export function GuardrailsPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Guardrails</h1>
        <p class="muted">What was found in prompts and answers since the start; never the text itself.</p>
      </div>
      <PageState polled={polled}>
        {(state) => (
          <>
            <section class="card" aria-label="Since the start">
              <dl class="tiles month-tiles">
                <Tile
                  name="Guarded requests"
                  value={count(state.guarded)}
                  exact="Requests that a rule was for."
                />
                <Tile
                  name="Stopped"
                  value={count(state.blocked)}
                  exact="Findings that stopped a request or ended an answer."
                  mood={state.blocked > 0 ? "warn" : "calm"}
                />
                <Tile
                  name="Stopped of guarded"
                  value={share(state.blocked, state.guarded)}
                  exact={`${state.blocked} of ${state.guarded}`}
                />
              </dl>
            </section>
            <Findings {...state} />
            <Blocks {...state} />
          </>
        )}
      </PageState>
    </div>
  );
}

const moods: Readonly<Record<string, string>> = { log: "calm", flag: "warn", redact: "warn", block: "bad" };

function Findings({ findings, guarded }: GuardrailState) {
  return (
    <section class="card flush" aria-labelledby="findings">
      <h2 id="findings">Found</h2>
      {findings.length === 0 ? <p class="muted card-note">Nothing yet.</p> : null}
      {findings.length === 0 ? null : (
        <table class="table stacked" aria-labelledby="findings">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Where</th>
              <th scope="col">Done</th>
              <th scope="col" class="number">
                Times
              </th>
              <th scope="col" class="number">
                Per guarded request
              </th>
            </tr>
          </thead>
          <tbody>
            {findings.map(({ kind, on, action, count: times }) => (
              <tr key={`${kind} ${on} ${action}`}>
                <td data-name="What">
                  <code>{kind}</code>
                </td>
                <td data-name="Where">{places[on] ?? on}</td>
                <td data-name="Done">
                  <span class={`decision ${moods[action] ?? "calm"}`}>{action}</span>
                </td>
                <td data-name="Times" class="number">
                  {count(times)}
                </td>
                <td data-name="Per guarded request" class="number">
                  {guarded === 0 ? share(0, 0) : (times / guarded).toFixed(2)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Blocks({ blocks }: GuardrailState) {
  return (
    <section class="card flush" aria-labelledby="blocks">
      <h2 id="blocks">
        Latest blocks <span class="muted">equal values have equal digests</span>
      </h2>
      {blocks.length === 0 ? <p class="muted card-note">None yet.</p> : null}
      {blocks.length === 0 ? null : (
        <table class="table stacked" aria-labelledby="blocks">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Where</th>
              <th scope="col">Request</th>
              <th scope="col" class="number">
                Characters
              </th>
              <th scope="col">Digest</th>
            </tr>
          </thead>
          <tbody>
            {blocks.map(({ kind, on, at, request_id: request, length, digest }, index) => (
              <tr key={`${request} ${index}`}>
                <td data-name="When" class="whole">
                  <time dateTime={moment(at)} title={moment(at)}>
                    {clockOrDay(at, Date.now())}
                  </time>
                </td>
                <td data-name="What">
                  <code>{kind}</code>
                </td>
                <td data-name="Where">{places[on] ?? on}</td>
                <td data-name="Request">
                  <Link to={`/requests/${request}`}>
                    <code>{request}</code>
                  </Link>
                </td>
                <td data-name="Characters" class="number">
                  {count(length)}
                </td>
                <td data-name="Digest">
                  <code title={digest}>{digest.slice(0, 12)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
