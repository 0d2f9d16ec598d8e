import { day } from "../../format/time.ts";
import { Icon } from "../../parts/icon.tsx";
import { type Owner, ownerPath } from "./owner-draft.ts";

/** Tenants, or projects. */
export function OwnerTable(props: {
  readonly title: "Tenants" | "Projects";
  readonly owners: readonly Owner[];
  readonly mayWrite: boolean;
  readonly onMake: () => void;
  readonly onStep: (kind: "edit" | "remove", owner: Owner) => void;
}) {
  const { title, owners, mayWrite } = props;
  const id = title.toLowerCase();
  return (
    <section class="card flush" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {mayWrite ? (
          <button type="button" class="button" onClick={props.onMake}>
            <Icon name="plus" />
            Make a {title === "Tenants" ? "tenant" : "project"}
          </button>
        ) : null}
      </div>
      <table class="table stacked" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Name</th>
            <th scope="col">Models</th>
            <th scope="col">Stays in</th>
            <th scope="col">State</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {owners.map((owner) => (
            <tr key={ownerPath(owner)} data-owner={ownerPath(owner)}>
              <td data-name="Id" class="told">
                <code>{ownerPath(owner)}</code>
              </td>
              <td data-name="Name" class="told">
                <div>
                  {owner.name}
                  <div class="muted">{boundsOfOwner(owner)}</div>
                </div>
              </td>
              <td data-name="Models">
                {owner.models.length === 0 ? "all" : <code>{owner.models.join(", ")}</code>}
              </td>
              <td data-name="Stays in">
                {owner.residency.length === 0 ? "anywhere" : owner.residency.join(" or ")}
              </td>
              <td data-name="State" class="whole">
                <OwnerState {...owner} />
              </td>
              <td class="number">
                {mayWrite ? (
                  <span class="row-tools">
                    <button type="button" class="button" onClick={() => props.onStep("edit", owner)}>
                      Edit<span class="visually-hidden"> {ownerPath(owner)}</span>
                    </button>
                    {owner.id === "default" ? null : (
                      <button
                        type="button"
                        class="button danger"
                        onClick={() => props.onStep("remove", owner)}
                      >
                        Remove<span class="visually-hidden"> {ownerPath(owner)}</span>
                      </button>
                    )}
                  </span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function OwnerState({ isDisabled, expiresAt }: Owner) {
  const isOver = expiresAt !== null && expiresAt <= Date.now();
  const word = expiresAt === null ? "live" : `${isOver ? "expired" : "until"} ${day(expiresAt)}`;
  return (
    <span class={`status ${isDisabled || isOver ? "bad" : "good"}`}>
      <span class="dot" aria-hidden="true" /> {isDisabled ? "disabled" : word}
    </span>
  );
}

const boundsOfOwner = ({ networks, labels }: Owner): string =>
  [
    ...(networks.length === 0 ? [] : [`from ${networks.join(", ")}`]),
    ...Object.entries(labels).map(([name, value]) => (value === "" ? name : `${name}=${value}`)),
  ].join(" · ");
