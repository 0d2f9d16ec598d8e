import { filterOf } from "./audit-filter.ts";
import { AuditRecords } from "./audit-records.tsx";
import { ProofCard } from "./proof-card.tsx";

/** Who did what, and the proof that nothing of it was changed since. */
export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const filter = filterOf(query);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Audit</h1>
        <p class="muted">Who did what. Each record is a leaf of a signed tree: a change shows.</p>
      </div>
      <ProofCard />
      <AuditRecords key={query.toString()} filter={filter} />
    </div>
  );
}
