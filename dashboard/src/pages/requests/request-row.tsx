import { money } from "../../format/money.ts";
import { count, unknown } from "../../format/numbers.ts";
import { clockOrDay, moment, span } from "../../format/time.ts";
import type { LoggedRequest } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";

/** Whether a model worked for it: then a missing price is a price that is not known, and not the price of nothing. */
const isUsed = ({ provider, route, outcome, outputTokens }: LoggedRequest): boolean =>
  provider !== null && route === null && (outcome === "completed" || outputTokens !== null);

/** One request of the log; the link in its first cell covers the whole row. */
export function RequestRow(props: {
  readonly request: LoggedRequest;
  readonly to: string;
  readonly isOpen: boolean;
  readonly isNew: boolean;
}) {
  const { request, isOpen, isNew } = props;
  const isPriced = request.costNanoUsd !== null;
  return (
    <tr class={`${isOpen ? "open" : ""} ${isNew ? "new" : ""}`} aria-current={isOpen ? "true" : undefined}>
      <td class="cell-time">
        <Link to={props.to} class="row-link">
          <time dateTime={moment(request.at)} title={moment(request.at)}>
            <span class="visually-hidden">Request of </span>
            {clockOrDay(request.at, Date.now())}
          </time>
        </Link>
      </td>
      <td class="cell-status">
        <StatusMark status={request.status} outcome={request.outcome} code={request.code} />
      </td>
      <td class="cell-model" title={request.model ?? request.route ?? undefined}>
        {request.model ?? <NoModel route={request.route} />}
      </td>
      <td class="cell-provider">
        {request.provider ?? <span class="muted">–</span>}
        {request.isStream ? <span class="tag">stream</span> : null}
      </td>
      <td class="cell-tokens number" title="Tokens in / tokens out">
        {count(request.inputTokens)} <span class="muted">/</span> {count(request.outputTokens)}
      </td>
      <td class={isPriced ? "cell-cost number" : "cell-cost number muted"}>
        {isPriced || isUsed(request) ? money(request.costNanoUsd) : unknown}
      </td>
      <td class="cell-duration number">{span(request.durationMs)}</td>
    </tr>
  );
}

function NoModel({ route }: Pick<LoggedRequest, "route">) {
  if (route === null) return <span class="muted">no model</span>;
  return (
    <>
      {route}
      <span class="tag">route</span>
    </>
  );
}
