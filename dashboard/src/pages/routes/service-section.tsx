import { count, share } from "../../format/numbers.ts";
import { BreakerMark } from "../../parts/breaker-mark.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import type { Service } from "./service-table.tsx";

/** The service that a route leads to. */
export function ServiceSection({ service }: { readonly service: Service }) {
  const { endpoints } = service;
  return (
    <section aria-labelledby="service">
      <h3 id="service">Service {service.id}</h3>
      <Facts
        facts={[
          ["Address", endpoints.length === 0 ? service.url : null],
          [
            "Breaker",
            <>
              <BreakerMark breaker={service.breaker} />{" "}
              {service.breaker === "closed" ? null : <Link to="/circuit-breakers">why</Link>}
            </>,
          ],
          ["Region", service.region],
          ["Tries", count(service.requests)],
          ["Failed", `${count(service.failed)} (${share(service.failed, service.requests)})`],
          ["In flight", count(service.in_flight)],
        ]}
      />
      {endpoints.length === 0 ? null : (
        <table class="table compact" aria-label={`Addresses of ${service.id}`}>
          <thead>
            <tr>
              <th scope="col">Address</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                In flight
              </th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map(({ name, url, region, state, in_flight: inFlight }) => (
              <tr key={name}>
                <td>
                  {name} <span class="muted">{[url, ...(region === null ? [] : [region])].join(", ")}</span>
                </td>
                <td>
                  <span class={state === "in" ? "" : "warn-text"}>{state}</span>
                </td>
                <td class="number">{count(inFlight)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
