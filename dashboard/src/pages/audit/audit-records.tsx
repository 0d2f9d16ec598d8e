import { useCallback, useState } from "preact/hooks";
import { useMayOfAll } from "../../caller.ts";
import { clockOrDay } from "../../format/time.ts";
import { type AuditRecord, listAudit } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { useTask } from "../../live/use-task.ts";
import { TextField } from "../../parts/fields.tsx";
import { Link } from "../../parts/link.tsx";
import { LoadState } from "../../parts/load-state.tsx";
import { Problem } from "../../parts/problem.tsx";
import { navigate } from "../../router.ts";
import { type AuditFilter, auditLink, queryOf } from "./audit-filter.ts";
import { EraseDialog } from "./erase-dialog.tsx";
import { keptValues, withoutErased } from "./personal-values.ts";

/** The records that fit `filter`, newest first. */
export function AuditRecords({ filter }: { readonly filter: AuditFilter }) {
  const { type, actor, tenant, since } = filter;
  const load = useCallback(
    (signal: AbortSignal) => listAudit(queryOf({ type, actor, tenant, since }), { signal }),
    [type, actor, tenant, since],
  );
  const { loaded, reload } = useLoaded(load);
  return (
    <section class="card flush" aria-labelledby="records">
      <div class="card-head">
        <h2 id="records">Records</h2>
      </div>
      <FilterForm filter={filter} />
      <LoadState loaded={loaded} reload={reload}>
        {(first) => <Pages filter={filter} first={first} />}
      </LoadState>
    </section>
  );
}

function FilterForm({ filter }: { readonly filter: AuditFilter }) {
  const [typed, setTyped] = useState(filter);
  return (
    <form
      class="audit-filter"
      aria-label="Search the records"
      onSubmit={(event) => {
        event.preventDefault();
        navigate(auditLink(typed));
      }}
    >
      <TextField
        label="Type"
        hint="or its beginning"
        placeholder="key."
        value={typed.type}
        onValue={(type) => setTyped({ ...typed, type })}
      />
      <TextField
        label="Who"
        placeholder="admin:session"
        value={typed.actor}
        onValue={(actor) => setTyped({ ...typed, actor })}
      />
      <TextField label="Tenant" value={typed.tenant} onValue={(tenant) => setTyped({ ...typed, tenant })} />
      <TextField
        label="Since"
        type="date"
        value={typed.since}
        onValue={(since) => setTyped({ ...typed, since })}
      />
      <button type="submit" class="button">
        Search
      </button>
    </form>
  );
}

function Pages(props: {
  readonly filter: AuditFilter;
  readonly first: Awaited<ReturnType<typeof listAudit>>;
}) {
  const [more, setMore] = useState<typeof props.first | undefined>(undefined);
  const [erased, setErased] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<AuditRecord | undefined>(undefined);
  const task = useTask();
  const mayErase = useMayOfAll("audit:write");
  const records = withoutErased([...props.first.records, ...(more?.records ?? [])], erased);
  const next = more === undefined ? props.first.next : more.next;
  if (records.length === 0) return <p class="muted card-note">None fits.</p>;
  const older = async (before: number): Promise<void> => {
    const page = await listAudit({ ...queryOf(props.filter), before });
    setMore({ records: [...(more?.records ?? []), ...page.records], next: page.next });
  };
  return (
    <>
      <table class="table stacked" aria-labelledby="records">
        <thead>
          <tr>
            <th scope="col" class="number">
              No.
            </th>
            <th scope="col">When</th>
            <th scope="col">Type</th>
            <th scope="col">Outcome</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            {mayErase ? (
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <RecordRow
              key={record.index}
              record={record}
              onErase={mayErase ? () => setAsked(record) : undefined}
            />
          ))}
        </tbody>
      </table>
      {next === null ? null : (
        <div class="card-note">
          <button type="button" class="button" onClick={() => task.run(() => older(next))}>
            Older
          </button>
          <Problem text={task.problem} />
        </div>
      )}
      {asked === undefined ? null : (
        <EraseDialog
          record={asked}
          onErased={(field) => setErased((before) => [...before, `${asked.index}.${field}`])}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

const moods = { done: "good", denied: "warn", failed: "bad" } as const;

/** `onErase` absent: nothing may be erased. */
function RecordRow(props: { readonly record: AuditRecord; readonly onErase: (() => void) | undefined }) {
  const { onErase, record } = props;
  const { index, at, type, outcome, actor, tenant, facts, personal } = record;
  return (
    <tr data-record={type} data-index={index}>
      <td data-name="No." class="number">
        {index}
      </td>
      <td data-name="When" class="whole">
        <time dateTime={at} title={at}>
          {clockOrDay(Date.parse(at), Date.now())}
        </time>
      </td>
      <td data-name="Type">
        <code>{type}</code>
      </td>
      <td data-name="Outcome" class="whole">
        <span class={`status ${moods[outcome]}`}>
          <span class="dot" aria-hidden="true" /> {outcome}
        </span>
      </td>
      <td data-name="Who">
        <div>
          <code>{actor}</code>
          {tenant === null ? null : <div class="muted">{tenant}</div>}
        </div>
      </td>
      <td data-name="What" class="told">
        <div>
          {Object.entries(facts)
            .filter(([, value]) => value !== "")
            .map(([name, value]) => (
              <span key={name} class="told-fact">
                <span class="muted">{name}</span>{" "}
                {name === "request" && type.startsWith("request.") && typeof value === "string" ? (
                  <Link to={`/requests/${value}`}>{value}</Link>
                ) : (
                  String(value ?? "–")
                )}
              </span>
            ))}
          {Object.entries(personal).map(([name, value]) => (
            <span key={name} class="told-fact" data-personal={name}>
              <span class="muted">{name}</span> {value ?? <span class="muted">erased</span>}
            </span>
          ))}
        </div>
      </td>
      {onErase === undefined ? null : (
        <td class="number">
          {keptValues(personal).length === 0 ? null : (
            <button type="button" class="button" title="What tells who a person is" onClick={onErase}>
              Erase<span class="visually-hidden"> personal values of record {index}</span>
            </button>
          )}
        </td>
      )}
    </tr>
  );
}
