import type { ComponentChildren } from "preact";
import { span } from "../../format/time.ts";
import { Prose } from "../../parts/prose.tsx";
import { Bar } from "./bar.tsx";
import type { PassedDoor } from "./doors.ts";

/** One door: its decision and reason, and its bar. */
export function DoorRow(props: {
  readonly passed: PassedDoor;
  readonly wholeMs: number;
  readonly children: ComponentChildren;
}) {
  const { door, purpose, records } = props.passed;
  if (records.length === 0) {
    return (
      <li class="door not-reached" data-door={door}>
        <span class="door-name" title={purpose}>
          {door}
        </span>
        <span class="door-reason">not reached</span>
      </li>
    );
  }
  return (
    <li class="door" data-door={door}>
      {records.map((record) => {
        const mood = moodOf(record.decision);
        return (
          <div class="door-record" key={`${record.startedAt} ${record.decision}`}>
            <span class="door-name" title={purpose}>
              {door}
            </span>
            <span class={`decision ${mood}`}>{record.decision}</span>
            <span class="door-took">{span(record.tookMs)}</span>
            <Bar {...record} wholeMs={props.wholeMs} mood={mood} />
            <span class="door-reason">
              <Prose text={record.reason} />
            </span>
          </div>
        );
      })}
      {props.children}
    </li>
  );
}

function moodOf(decision: string): "good" | "warn" | "bad" {
  if (decision === "failover") return "warn"; // an answer, by a detour
  return /^(?:refuse|deny|fail|abort|cut)/.test(decision) ? "bad" : "good";
}
