import type { ShownKey } from "../../generated/client.ts";
import { Segments } from "../../parts/segments.tsx";
import type { ViolationFilter } from "./violation-filter.ts";

const modes = [
  { value: "", name: "All" },
  { value: "enforce", name: "Denied" },
  { value: "shadow", name: "In shadow" },
] as const;

/** What of the violations is to be shown. */
export function ViolationFilters(props: {
  readonly filter: ViolationFilter;
  readonly policies: readonly string[];
  readonly keys: readonly Pick<ShownKey, "id" | "name" | "hint">[];
  readonly onChange: (filter: ViolationFilter) => void;
}) {
  const { filter, keys, onChange } = props;
  const change = (part: Partial<ViolationFilter>): void => onChange({ ...filter, ...part });
  return (
    <search class="filters card-filters" aria-label="Violations">
      <Segments
        label="What was done"
        choices={modes}
        chosen={filter.mode}
        onChoose={(mode) => change({ mode })}
      />
      <Pick
        label="Policy"
        any="Any policy"
        chosen={filter.policy}
        choices={props.policies.map((id) => ({ value: id, name: id }))}
        onChoose={(policy) => change({ policy })}
      />
      <Pick
        label="Key"
        any="Any key"
        chosen={filter.key}
        choices={keys.map(({ id, name, hint }) => ({ value: id, name: `${name} (…${hint})` }))}
        onChoose={(key) => change({ key })}
      />
      <Day label="From" value={filter.since} onDay={(since) => change({ since })} />
      <Day label="To" value={filter.until} onDay={(until) => change({ until })} />
    </search>
  );
}

function Pick(props: {
  readonly label: string;
  readonly any: string;
  readonly chosen: string;
  readonly choices: readonly { readonly value: string; readonly name: string }[];
  readonly onChoose: (value: string) => void;
}) {
  const { chosen, choices } = props;
  return (
    <select
      aria-label={props.label}
      value={chosen}
      onChange={(event) => props.onChoose(event.currentTarget.value)}
    >
      <option value="">{props.any}</option>
      {choices.map(({ value, name }) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
      {chosen === "" || choices.some(({ value }) => value === chosen) ? null : (
        <option value={chosen}>{chosen}</option>
      )}
    </select>
  );
}

function Day(props: {
  readonly label: string;
  readonly value: string;
  readonly onDay: (day: string) => void;
}) {
  return (
    <label class="day-filter" title="A day, UTC">
      <span class="muted">{props.label}</span>
      <input type="date" value={props.value} onInput={(event) => props.onDay(event.currentTarget.value)} />
    </label>
  );
}
