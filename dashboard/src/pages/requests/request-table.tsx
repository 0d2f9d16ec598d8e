import { useRef } from "preact/hooks";
import type { LoggedRequest } from "../../generated/client.ts";
import { RequestRow } from "./request-row.tsx";

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** The log, newest first. The arrow keys go from row to row, Enter opens one. */
export function RequestTable(props: {
  readonly rows: readonly LoggedRequest[];
  readonly arrived: ReadonlySet<string>;
  readonly openId: string | undefined;
  readonly linkTo: (id: string) => string;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const step = (event: KeyboardEvent): void => {
    const by = steps[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>("a.row-link") ?? [])];
    const next = links[links.findIndex((link) => link === document.activeElement) + by];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <table class="table rows request-table" aria-label="Requests, newest first">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Status</th>
          <th scope="col">Model or route</th>
          <th scope="col">Provider or service</th>
          <th scope="col" class="number">
            Tokens in / out
          </th>
          <th scope="col" class="number">
            Cost
          </th>
          <th scope="col" class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={step}>
        {props.rows.map((request) => (
          <RequestRow
            key={request.id}
            request={request}
            to={props.linkTo(request.id)}
            isOpen={request.id === props.openId}
            isNew={props.arrived.has(request.id)}
          />
        ))}
      </tbody>
    </table>
  );
}
