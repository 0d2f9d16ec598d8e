import { useState } from "preact/hooks";
import { count } from "../format/numbers.ts";
import { clockOrDay, moment } from "../format/time.ts";
import { type Quirk, setQuirk } from "../generated/client.ts";
import { asAdminError } from "../live/use-polling.ts";
import { Segments } from "./segments.tsx";

const states = [
  { value: "pinned", name: "Pin" },
  { value: "learned", name: "Leave to time" },
  { value: "forbidden", name: "Forbid" },
] as const;

/** What was learned of models, what the provider said, and what is to become of it. */
export function QuirksSection(props: {
  readonly quirks: readonly Quirk[];
  readonly now: number;
  /** Called once the gateway has taken a change. */
  readonly onSet: () => void;
}) {
  const { quirks } = props;
  return (
    <section aria-labelledby="quirks">
      <h3 id="quirks">
        Learned quirks <span class="muted">parameters that a model was found not to take</span>
      </h3>
      {quirks.length === 0 ? (
        <p class="muted">None: no optional parameter was refused.</p>
      ) : (
        <ul class="entries" aria-labelledby="quirks">
          {quirks.map((quirk) => (
            <QuirkEntry key={quirk.id} quirk={quirk} now={props.now} onSet={props.onSet} />
          ))}
        </ul>
      )}
    </section>
  );
}

function QuirkEntry(props: { readonly quirk: Quirk; readonly now: number; readonly onSet: () => void }) {
  const { quirk, now, onSet } = props;
  const [asked, setAsked] = useState<{ readonly isBusy: boolean; readonly problem?: string }>({
    isBusy: false,
  });
  const choose = async (state: Quirk["state"]): Promise<void> => {
    if (state === quirk.state) return;
    setAsked({ isBusy: true });
    try {
      await setQuirk(quirk.id, { state });
      setAsked({ isBusy: false });
      onSet();
    } catch (thrown) {
      setAsked({ isBusy: false, problem: asAdminError(thrown).message });
    }
  };
  return (
    <li data-quirk={quirk.id}>
      <p class="entry-head">
        <code>{quirk.healing.parameter}</code>
        <span>{quirk.healing.kind === "remove" ? "is taken out" : `is sent as ${quirk.healing.to}`}</span>
        <span class="muted">{quirk.model}</span>
        <span class={`decision ${moods[quirk.state]}`}>{quirk.state}</span>
      </p>
      <blockquote>{quirk.because}</blockquote>
      <div class="entry-foot">
        <span class="muted" title={`learned at ${moment(quirk.learnedAt)}`}>
          {wayOf(quirk, now)}
        </span>
        <Segments
          label={`What becomes of ${quirk.healing.parameter} for ${quirk.model}`}
          choices={states}
          chosen={quirk.state}
          isBusy={asked.isBusy}
          onChoose={(state) => void choose(state)}
        />
      </div>
      {asked.problem === undefined ? null : (
        <p class="bad-text" role="alert">
          {asked.problem}
        </p>
      )}
    </li>
  );
}

const moods = { learned: "calm", pinned: "", forbidden: "warn" } as const;

function wayOf({ state, until, applied }: Quirk, now: number): string {
  const times = `applied ${count(applied)} ${applied === 1 ? "time" : "times"}`;
  switch (state) {
    case "learned":
      return until === null ? times : `${times}, put to the test again at ${clockOrDay(until, now)}`;
    case "pinned":
      return `${times}, stays`;
    case "forbidden":
      return "requests go as they are, refused or not";
  }
}
