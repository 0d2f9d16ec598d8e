import { abilityName, abilityValue, saidBy } from "../../format/abilities.ts";
import type { ModelTarget } from "../../generated/client.ts";

/** What is known of one model, and who says so. */
export function AbilitiesSection(props: { readonly of: ModelTarget; readonly isPattern: boolean }) {
  const { abilities } = props.of;
  return (
    <section aria-labelledby="abilities">
      <h3 id="abilities">
        Abilities <span class="muted">what is known, and by whom</span>
      </h3>
      {abilities.length === 0 ? (
        <p class="muted">
          {props.isPattern
            ? "Those of the model that is asked for."
            : "Nothing is known, and nothing is refused on its account. Say it under abilities.models in the configuration, or fetch a catalogue."}
        </p>
      ) : (
        <table class="table compact" aria-labelledby="abilities">
          <thead>
            <tr>
              <th scope="col">Ability</th>
              <th scope="col">Value</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {abilities.map((ability) => (
              <tr key={ability.name}>
                <td>{abilityName(ability.name)}</td>
                <td>{abilityValue(ability)}</td>
                <td class="muted">{saidBy(ability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
