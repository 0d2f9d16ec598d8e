import { span } from "../../format/time.ts";
import type { AttemptRecord } from "../../generated/client.ts";
import { Prose } from "../../parts/prose.tsx";
import { Bar } from "./bar.tsx";

/** One try at one upstream. */
export function Attempt(props: { readonly attempt: AttemptRecord; readonly wholeMs: number }) {
  const { attempt, wholeMs } = props;
  const isBad = attempt.code !== null;
  return (
    <li class="door-record attempt">
      <span class="door-name">{attempt.provider}</span>
      <span class={isBad ? "decision bad" : "decision"}>{attempt.status ?? "no answer"}</span>
      <span class="door-took">{span(attempt.tookMs)}</span>
      <Bar {...attempt} wholeMs={wholeMs} mood={isBad ? "try-bad" : "try"} />
      <span class="door-reason">
        {isBad ? <code class="bad-text">{attempt.code}</code> : null}
        {isBad ? " · " : ""}
        {attempt.model === "" ? "" : `${attempt.model} · `}
        {attempt.endpoint === undefined ? "" : `at ${attempt.endpoint} · `}
        {attempt.lane} lane
        {attempt.reason === "" ? null : (
          <>
            {" · "}
            <Prose text={attempt.reason} />
          </>
        )}
      </span>
    </li>
  );
}
