import { useState } from "preact/hooks";
import { bytes, count, percent, unknown } from "../../format/numbers.ts";
import { protocols } from "../../format/protocols.ts";
import { clock, clockOrDay, moment, span } from "../../format/time.ts";
import { type CircuitBreaker, setBreakerMode } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";
import { Segments } from "../../parts/segments.tsx";

const modes = [
  { value: "auto", name: "Auto" },
  { value: "forced_open", name: "Open" },
  { value: "forced_closed", name: "Close" },
  { value: "metrics_only", name: "Watch" },
] as const;

const phases: Readonly<Record<CircuitBreaker["phase"], { readonly name: string; readonly mood: string }>> = {
  closed: { name: "closed", mood: "calm" },
  open: { name: "open", mood: "bad" },
  half_open: { name: "half open", mood: "warn" },
  ramp: { name: "taken back", mood: "warn" },
  degraded: { name: "degraded", mood: "bad" },
};

const reasons: Readonly<Record<NonNullable<CircuitBreaker["reason"]>, string>> = {
  failures: "too large a share of calls failed",
  consecutive: "calls failed in a row",
  slow: "calls took far longer than usual",
  probe_failed: "a probe failed",
  relapse: "it failed again while it was taken back",
};

/** The breakers of all targets that have been called, each with its last steps. */
export function BreakerTable(props: {
  readonly breakers: readonly CircuitBreaker[];
  readonly onSet: () => void;
}) {
  if (props.breakers.length === 0) return <p class="muted card-note">No target has been called yet.</p>;
  return (
    <table class="table stacked" aria-labelledby="breakers">
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Last 10 s
          </th>
          <th scope="col" class="number">
            <span title="Where the first word of a stream is later than this, another target is asked: three times what 99 of 100 calls of a day took.">
              First word
            </span>
          </th>
          <th scope="col">Steps</th>
          <th scope="col">By hand</th>
        </tr>
      </thead>
      <tbody>
        {props.breakers.map((breaker) => (
          <BreakerRow key={`${breaker.provider}/${breaker.model}`} breaker={breaker} onSet={props.onSet} />
        ))}
      </tbody>
    </table>
  );
}

function BreakerRow({ breaker, onSet }: { readonly breaker: CircuitBreaker; readonly onSet: () => void }) {
  const name = `${breaker.provider}/${breaker.model}`;
  const { name: phase, mood } = shownPhase(breaker);
  const [asked, setAsked] = useState<{ readonly isBusy: boolean; readonly problem?: string }>({
    isBusy: false,
  });
  const choose = async (mode: CircuitBreaker["mode"]): Promise<void> => {
    setAsked({ isBusy: true });
    try {
      await setBreakerMode(name, { mode });
      setAsked({ isBusy: false });
      onSet();
    } catch (thrown) {
      setAsked({ isBusy: false, problem: asAdminError(thrown).message });
    }
  };
  return (
    <tr data-breaker={name}>
      <td data-name="Target">
        <code class="whole">{name}</code>
      </td>
      <td data-name="State">
        <span class={`decision ${mood}`}>{phase}</span> <span class="muted">{whyOf(breaker)}</span>
      </td>
      <td data-name="Last 10 s" class="number">
        {count(breaker.samples)}
        {breaker.samples === 0 ? null : (
          <span class="muted" title="The lower end of the 95 % interval of the share that fails.">
            {" "}
            ≥ {percent(breaker.wilson_low)} fail
          </span>
        )}
      </td>
      <td data-name="First word" class="number">
        {hasWords(breaker) ? <FirstLimits limits={breaker.first_limits} /> : unknown}
      </td>
      <td data-name="Steps">
        <Steps breaker={breaker} />
      </td>
      <td data-name="By hand">
        <Segments
          label={`The breaker of ${name}`}
          choices={modes}
          chosen={breaker.mode}
          isBusy={asked.isBusy}
          onChoose={(mode) => void choose(mode)}
        />
        {asked.problem === undefined ? null : (
          <p class="bad-text" role="alert">
            {asked.problem}
          </p>
        )}
      </td>
    </tr>
  );
}

/** Answers of services, and those that are not read, have no first word. */
const hasWords = ({ model }: CircuitBreaker): boolean =>
  !model.startsWith("raw:") && protocols.every(({ value }) => value !== model);

/** What a hand has set stands over what the breaker itself would do. */
function shownPhase({ mode, phase }: CircuitBreaker): (typeof phases)[CircuitBreaker["phase"]] {
  if (mode === "forced_open") return { name: "open by hand", mood: "bad" };
  return mode === "forced_closed" ? { name: "closed by hand", mood: "warn" } : phases[phase];
}

function whyOf({ reason, level, next_probe_at: probe, phase, mode }: CircuitBreaker): string {
  if (mode === "forced_open" || mode === "forced_closed") return "";
  const words = [
    reason === null || phase === "closed" ? null : reasons[reason],
    phase === "ramp" && level !== null ? `${percent(level)} of its requests` : null,
    phase === "open" && probe !== null ? `looked at again at ${clock(Date.parse(probe))}` : null,
  ];
  return words.filter((word) => word !== null).join("; ");
}

/** The limits that were learned, those of the shortest requests first. */
function FirstLimits({ limits }: { readonly limits: CircuitBreaker["first_limits"] }) {
  if (limits.length === 0) return <span class="muted">not known yet</span>;
  return (
    <div>
      {limits
        .toSorted((left, right) => left.bytes_from - right.bytes_from)
        .map(({ bytes_from: from, bytes_below: below, limit_ms: limit }) => (
          <div key={from}>
            {span(limit)} <span class="muted">{sizes(from, below)}</span>
          </div>
        ))}
    </div>
  );
}

function sizes(from: number, below: number | null): string {
  if (below === null) return `from ${bytes(from)}`;
  return from === 0 ? `below ${bytes(below)}` : `${bytes(from)} to ${bytes(below)}`;
}

function Steps({ breaker: { changes } }: { readonly breaker: CircuitBreaker }) {
  const [newest, ...older] = changes;
  if (newest === undefined) return <span class="muted">none</span>;
  const line = ({ at, from, to, reason }: CircuitBreaker["changes"][number]) => (
    <>
      <time dateTime={moment(at)}>{clockOrDay(at, Date.now())}</time> {phases[from].name} → {phases[to].name}
      {reason === null || to === "closed" ? "" : `: ${reasons[reason]}`}
    </>
  );
  if (older.length === 0) return <span>{line(newest)}</span>;
  return (
    <details>
      <summary>{line(newest)}</summary>
      <ol class="steps">
        {older.map((change) => (
          <li key={`${change.at}${change.to}`}>{line(change)}</li>
        ))}
      </ol>
    </details>
  );
}
