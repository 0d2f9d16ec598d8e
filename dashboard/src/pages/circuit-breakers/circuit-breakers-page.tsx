import {
  type CircuitBreakerList,
  type CoolDownList,
  listCircuitBreakers,
  listCoolDowns,
} from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { BreakerTable } from "./breaker-table.tsx";
import { CoolDownTable } from "./cool-down-table.tsx";

interface Resilience {
  readonly breakers: CircuitBreakerList;
  readonly coolDowns: CoolDownList;
}

const everyMs = 2000;

async function load(signal: AbortSignal): Promise<Resilience> {
  const [breakers, coolDowns] = await Promise.all([
    listCircuitBreakers({ signal }),
    listCoolDowns({ signal }),
  ]);
  return { breakers, coolDowns };
}

/** Which targets are left alone, why and since when, and what a hand can change of it. */
export function CircuitBreakersPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Circuit breakers</h1>
        <p class="muted">Which targets are left alone, and why.</p>
      </div>
      <PageState polled={polled}>
        {({ breakers, coolDowns }) => (
          <>
            <section class="card flush" aria-labelledby="breakers">
              <h2 id="breakers">Targets</h2>
              <BreakerTable
                breakers={Object.values(breakers.circuit_breakers).flatMap(({ targets }) =>
                  Object.values(targets),
                )}
                onSet={polled.retry}
              />
            </section>
            <section class="card flush" aria-labelledby="cool-downs">
              <h2 id="cool-downs">Cool-downs</h2>
              <CoolDownTable coolDowns={coolDowns.cooldowns} onEnd={polled.retry} />
            </section>
          </>
        )}
      </PageState>
    </div>
  );
}
