import { span } from "../../format/time.ts";
import type { RequestRecord } from "../../generated/client.ts";
import { Attempt } from "./attempt.tsx";
import { DoorRow } from "./door-row.tsx";
import { passedDoors } from "./doors.ts";

const ticks = [0, 0.25, 0.5, 0.75, 1];

/** The request's way through the doors: what each decided, why, when and for how long. */
export function Waterfall({ record }: { readonly record: RequestRecord }) {
  const ends = [...record.stages, ...record.attempts].map(({ startedAt, tookMs }) => startedAt + tookMs);
  const wholeMs = Math.max(record.durationMs, ...ends, 0.001);
  return (
    <section aria-labelledby="doors">
      <h3 id="doors">
        Doors
        {record.firstByteMs === null ? null : (
          <span class="first-byte-key muted">first byte after {span(record.firstByteMs)}</span>
        )}
      </h3>
      <div class="waterfall">
        <div class="scale" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${tick * 100}%` }}>
              {span(wholeMs * tick)}
            </span>
          ))}
        </div>
        {record.firstByteMs === null ? null : (
          <div class="first-byte" aria-hidden="true">
            <span style={{ left: `${Math.min(100, (record.firstByteMs / wholeMs) * 100)}%` }} />
          </div>
        )}
        <ol>
          {passedDoors(record.stages).map((passed) => (
            <DoorRow key={passed.door} passed={passed} wholeMs={wholeMs}>
              {passed.door === "attempt" && record.attempts.length > 0 ? (
                <ol class="attempts" aria-label="Attempts">
                  {record.attempts.map((attempt, index) => (
                    <Attempt key={index} attempt={attempt} wholeMs={wholeMs} />
                  ))}
                </ol>
              ) : null}
            </DoorRow>
          ))}
        </ol>
      </div>
    </section>
  );
}
