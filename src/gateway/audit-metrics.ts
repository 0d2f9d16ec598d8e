import type { Audit } from "../capabilities/audit/index.ts";
import type { Meter } from "../ports/meter.ts";

/** What is measured of the audit log; names of the operations specification, part 9. */
export function measureAudit(meter: Meter, audit: Pick<Audit, "counts" | "control" | "checkpointAge">): void {
  const records = meter.counter({
    name: "sallyport_audit_records_total",
    help: "Records of the audit log that were written, by their type.",
    labels: ["type"],
  });
  const size = meter.gauge({ name: "sallyport_audit_size", help: "Records in the audit log." }).series({});
  const dropped = meter
    .gauge({
      name: "sallyport_audit_dropped",
      help: "Records of requests that were dropped because the log could not be written.",
    })
    .series({});
  const age = meter
    .gauge({
      name: "sallyport_audit_checkpoint_age_seconds",
      help: "Time since the state of the audit log was signed.",
    })
    .series({});
  const told = new Map<string, number>();
  meter.onRead(() => {
    for (const [type, count] of audit.counts()) {
      records.series({ type }).add(count - (told.get(type) ?? 0));
      told.set(type, count);
    }
    const state = audit.control.state();
    size.set(state.size);
    dropped.set(state.dropped);
    age.set(audit.checkpointAge());
  });
}
