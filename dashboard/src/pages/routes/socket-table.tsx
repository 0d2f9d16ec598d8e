import { bytes, count } from "../../format/numbers.ts";
import { ago, moment } from "../../format/time.ts";
import type { SocketList } from "../../generated/client.ts";

type Socket = SocketList["sockets"][number];

/** More are counted, not shown: there may be thousands. */
const rowsMax = 50;

/** The WebSockets that are open, the longest open first. */
export function SocketTable(props: {
  readonly sockets: readonly Socket[];
  readonly now: number;
  /** Whether the route is worth telling. */
  readonly hasRoute: boolean;
  /** The id of its heading. */
  readonly labelledBy: string;
}) {
  const { sockets, now, hasRoute } = props;
  const shown = sockets.toSorted((a, b) => a.since - b.since).slice(0, rowsMax);
  return (
    <>
      <table class={hasRoute ? "table stacked" : "table compact"} aria-labelledby={props.labelledBy}>
        <thead>
          <tr>
            {hasRoute ? <th scope="col">Route</th> : null}
            <th scope="col">Client</th>
            <th scope="col">Opened</th>
            <th scope="col" class="number">
              Up
            </th>
            <th scope="col" class="number">
              Down
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((socket) => (
            <tr key={socket.id}>
              {hasRoute ? (
                <td data-name="Route">
                  <span>
                    {socket.route}
                    <span class="tag">{socket.mode === "inspect" ? "read" : "not read"}</span>
                  </span>
                </td>
              ) : null}
              <td data-name="Client">
                <span>
                  {socket.key_name ?? <span class="muted">no key</span>}{" "}
                  <span class="muted">{socket.address}</span>
                </span>
              </td>
              <td data-name="Opened">
                <time dateTime={moment(socket.since)} title={moment(socket.since)}>
                  {ago(socket.since, now)}
                </time>
              </td>
              <td data-name="Up" class="number">
                {carried(socket.bytes_up, socket.messages_up)}
              </td>
              <td data-name="Down" class="number">
                {carried(socket.bytes_down, socket.messages_down)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sockets.length > shown.length ? (
        <p class="muted card-note">and {count(sockets.length - shown.length)} more</p>
      ) : null}
    </>
  );
}

/** Messages are counted where they are read. */
const carried = (size: number, messages: number | null): string =>
  messages === null
    ? bytes(size)
    : `${bytes(size)} in ${count(messages)} ${messages === 1 ? "message" : "messages"}`;
