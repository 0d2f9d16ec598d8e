import { money, roughMoney } from "../../format/money.ts";
import { bytes, count, roughCount, share } from "../../format/numbers.ts";
import { longSpan, span } from "../../format/time.ts";
import type { GatewayState } from "../../generated/client.ts";
import { Tile } from "../../parts/tile.tsx";

const moods = ["calm", "warn", "warn", "bad"] as const;

/** Who is let in, in words. */
function admission({ from, fairCost }: GatewayState["overload"]): string {
  if (from === null) return "Every request is let in.";
  const fair =
    fairCost === null
      ? ""
      : ` Of these a key may have ${fairCost.toFixed(1)} thousand tokens of work in a window.`;
  return `Not all ${from} requests are let in, and none of a lower priority.${fair}`;
}

/** The gateway's totals, and how it is now. */
export function Tiles({ gateway }: { readonly gateway: GatewayState }) {
  const { totals, log, process, overload } = gateway;
  return (
    <div class="tile-groups">
      <section class="card" aria-label="Since the start">
        <h2>
          Since the start <span class="muted">{longSpan(gateway.uptimeMs)} ago</span>
        </h2>
        <dl class="tiles">
          <Tile name="Requests" value={roughCount(totals.requests)} exact={count(totals.requests)} />
          <Tile
            name="Errors"
            value={share(totals.errors, totals.requests)}
            exact={`${count(totals.errors)} of ${count(totals.requests)}`}
          />
          <Tile name="Tokens in" value={roughCount(totals.inputTokens)} exact={count(totals.inputTokens)} />
          <Tile
            name="Tokens out"
            value={roughCount(totals.outputTokens)}
            exact={count(totals.outputTokens)}
          />
          <Tile name="Cost" value={roughMoney(totals.costNanoUsd)} exact={money(totals.costNanoUsd)} />
          <Tile
            name="Unpriced"
            value={roughCount(totals.unpriced)}
            exact="Requests whose price is not known. They are not in the cost."
            mood={totals.unpriced > 0 ? "warn" : "calm"}
          />
        </dl>
      </section>
      <section class="card" aria-label="Now">
        <h2>
          Now <span class="muted">generation {gateway.generation}</span>
        </h2>
        <dl class="tiles">
          <Tile name="In flight" value={count(gateway.inFlight)} exact="Requests being served." />
          <Tile
            name="Let in"
            value={share(Math.round(100 * overload.admittedShare), 100)}
            exact={admission(overload)}
            mood={overload.admittedShare < 1 ? "warn" : "calm"}
          />
          <Tile
            name="Pressure"
            value={overload.level === 0 ? "none" : `level ${overload.level} of 3`}
            exact={`Event loop ${span(overload.readings.loopMsP99)} late, heap ${share(Math.round(100 * overload.readings.heapShare), 100)}, memory ${share(Math.round(100 * overload.readings.rssShare), 100)}`}
            mood={moods[overload.level]}
          />
          <Tile
            name="Loop delay p99"
            value={span(process.eventLoopDelayMsP99)}
            exact="How late the gateway's event loop runs."
            mood={process.eventLoopDelayMsP99 > 100 ? "warn" : "calm"}
          />
          <Tile
            name="Memory"
            value={bytes(process.rssBytes)}
            exact={`Heap in use: ${bytes(process.heapUsedBytes)}`}
          />
          <Tile name="Log" value={bytes(log.bytes)} exact={`${count(log.written)} requests written`} />
          <Tile name="To be logged" value={count(log.queued)} exact="Records that wait to be written." />
          <Tile
            name="Log lost"
            value={count(log.dropped)}
            exact="Records dropped because the queue was full or the store failed."
            mood={log.dropped > 0 ? "bad" : "calm"}
          />
        </dl>
      </section>
    </div>
  );
}
