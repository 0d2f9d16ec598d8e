import { count, share } from "../../format/numbers.ts";
import type { GrpcRouteList } from "../../generated/client.ts";
import { Facts } from "../../parts/facts.tsx";

/** The calls of gRPC of one route, by the status that their clients were told. */
export function GrpcSection({ route }: { readonly route: GrpcRouteList["routes"][number] }) {
  const codes = Object.entries(route.by_code).toSorted(([, a], [, b]) => b - a);
  return (
    <section aria-labelledby="grpc">
      <h3 id="grpc">Calls by status</h3>
      <Facts
        facts={[
          ["Ended", count(route.calls)],
          ["On their way", count(route.open_streams)],
          ["Messages from clients", count(route.messages_in)],
          ["Messages to clients", count(route.messages_out)],
        ]}
      />
      {codes.length === 0 ? null : (
        <table class="table compact" aria-labelledby="grpc">
          <tbody>
            {codes.map(([code, calls]) => (
              <tr key={code}>
                <td>
                  <code class={code === "OK" ? "" : "bad-text"}>{code}</code>
                </td>
                <td class="number">{count(calls)}</td>
                <td class="number muted">{share(calls, route.calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
