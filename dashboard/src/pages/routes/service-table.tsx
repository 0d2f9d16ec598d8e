import { count } from "../../format/numbers.ts";
import { protocolName } from "../../format/protocols.ts";
import type { ServiceList } from "../../generated/client.ts";
import { BreakerMark } from "../../parts/breaker-mark.tsx";
import { Link } from "../../parts/link.tsx";
import { TallyCell } from "../../parts/tally-cell.tsx";

export type Service = ServiceList["services"][number];

/** The services: where they are and how they do. */
export function ServiceTable(props: {
  readonly services: readonly Service[];
  readonly linkTo: (route: string) => string;
}) {
  return (
    <table class="table stacked tallied service-table" aria-labelledby="services">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Breaker</th>
          <th scope="col">Routes</th>
          <th scope="col">Addresses</th>
          <th scope="col" class="number" title="Further tries of one request included">
            Tries
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number">
            In flight
          </th>
        </tr>
      </thead>
      <tbody>
        {props.services.map((service) => (
          <tr key={service.id} data-service={service.id}>
            <td data-name="Service">
              <span class="two-lines">
                <strong>{service.id}</strong>
                <span class="muted small" title={service.url}>
                  {service.url}
                </span>
              </span>
            </td>
            <td data-name="Breaker">
              <BreakerMark breaker={service.breaker} />
            </td>
            <td data-name="Routes">
              <RouteLinks service={service} linkTo={props.linkTo} />
            </td>
            <td data-name="Addresses" class={service.endpoints.length === 0 ? "nothing" : ""}>
              <Addresses service={service} />
            </td>
            <td data-name="Tries" class="number">
              {count(service.requests)}
            </td>
            <TallyCell name="Failed" of={service.failed} mood="bad" />
            <td data-name="In flight" class={service.in_flight === 0 ? "number nothing" : "number"}>
              {count(service.in_flight)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RouteLinks(props: { readonly service: Service; readonly linkTo: (route: string) => string }) {
  const { routes, protocols } = props.service;
  if (routes.length === 0) return <span class="muted">none leads to it</span>;
  return (
    <span>
      {routes.map((route, index) => (
        <span key={route}>
          {index === 0 ? "" : ", "}
          <Link to={props.linkTo(route)}>{route}</Link>
        </span>
      ))}{" "}
      <span class="muted small">{protocols.map(protocolName).join(", ")}</span>
    </span>
  );
}

/** How many are asked; those that are left alone are told. */
function Addresses({ service: { endpoints, region } }: { readonly service: Service }) {
  const place = region === null ? "" : ` in ${region}`;
  if (endpoints.length === 0) return <span class="muted">one{place}</span>;
  const out = endpoints.filter(({ state }) => state !== "in" && state !== "starting");
  return (
    <span>
      {count(endpoints.length)}
      {place}
      {out.length === 0 ? null : (
        <span class="bad-text"> {out.map(({ name, state }) => `${name} ${state}`).join(", ")}</span>
      )}
    </span>
  );
}
