import type { ConfigProblem } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { FirstRequest } from "../../parts/first-request.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Prose } from "../../parts/prose.tsx";
import { Charts } from "./charts.tsx";
import { readOverview } from "./read-overview.ts";
import { Tiles } from "./tiles.tsx";
import { Upstreams } from "./upstreams.tsx";

const everyMs = 3000;
const modes = {
  demo: "Demo: the sandbox answers",
  environment: "Configured by the environment",
  file: "Configured by file",
} as const;

/** The gateway at a glance, live. */
export function OverviewPage() {
  const { data, failure, retry } = usePolling(readOverview, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Overview</h1>
        {data === undefined ? null : (
          <p class="muted">
            {modes[data.gateway.mode]} · version {data.gateway.version}
          </p>
        )}
        <Pulse isLive={failure === undefined && data !== undefined} />
      </div>
      {failure === undefined ? null : (
        <FailureNote failure={failure} retry={retry} isStale={data !== undefined} />
      )}
      {data === undefined ? (
        <Skeleton isWaiting={failure === undefined} />
      ) : (
        <>
          {data.gateway.isDraining ? (
            <Note text="The gateway is shutting down: requests in flight may end, new ones are refused." />
          ) : null}
          {data.gateway.degraded.map((reason) => (
            <Note key={reason} text={reason} />
          ))}
          {data.problems.length === 0 ? null : <Problems problems={data.problems} />}
          {data.gateway.totals.requests === 0 ? <FirstRequest /> : null}
          <Charts overview={data} />
          <Tiles gateway={data.gateway} />
          <Upstreams upstreams={data.upstreams} now={data.now} />
        </>
      )}
    </div>
  );
}

function Note({ text }: { readonly text: string }) {
  return (
    <p class="note warn" role="status">
      <Icon name="warning" />
      <span>
        <Prose text={text} />
      </span>
    </p>
  );
}

/** What is wrong in the configuration file, where. */
function Problems({ problems }: { readonly problems: readonly ConfigProblem[] }) {
  return (
    <section class="card" aria-label="Problems of the configuration file">
      <ul class="problems">
        {problems.map(({ line, column, path, message }) => (
          <li key={`${line} ${column} ${path} ${message}`}>
            {line === null ? null : (
              <code class="muted">
                {line}:{column ?? 1}
              </code>
            )}{" "}
            <Prose text={message} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pulse({ isLive }: { readonly isLive: boolean }) {
  return <p class={isLive ? "pulse live" : "pulse"}>{isLive ? "Live" : "Waiting"}</p>;
}

/** The page's outline while nothing is known, so that nothing jumps when it is. */
function Skeleton({ isWaiting }: { readonly isWaiting: boolean }) {
  return (
    <div class={isWaiting ? "skeletons waiting" : "skeletons"} aria-hidden="true">
      <div class="charts">
        {["a", "b", "c", "d"].map((name) => (
          <div key={name} class="card chart-skeleton" />
        ))}
      </div>
    </div>
  );
}
