import {
  compileTransforms,
  type FieldEdits,
  type JsonEdit,
  ownedNames,
  type PathPattern,
} from "../protocols/rest/index.ts";
import type { RouteSettings } from "./route-settings.ts";

type FieldSettings = NonNullable<NonNullable<RouteSettings["request"]>["headers"]>;
type BodySettings = NonNullable<NonNullable<RouteSettings["request"]>["body"]>;
type Place = readonly (string | number)[];

/** What a route changes, compiled; or what is wrong with it, each with its place in the settings. */
export function compileChanges(
  { rewrite, request, response }: Pick<RouteSettings, "rewrite" | "request" | "response">,
  path: PathPattern,
) {
  const compiled = compileTransforms(
    {
      ...(rewrite === undefined ? {} : { rewrite: rewriteOf(rewrite) }),
      request: {
        headers: editsOf(request?.headers),
        query: editsOf(request?.query),
        body: bodyEditsOf(request?.body).map(({ edit }) => edit),
      },
      response: {
        headers: editsOf(response?.headers),
        body: bodyEditsOf(response?.body).map(({ edit }) => edit),
        status: response?.status ?? {},
      },
    },
    { path, owned: ownedNames([]) },
  );
  if (compiled.kind === "transforms") return compiled;
  const written = (at: Place): Place => {
    const [side, part, index] = at;
    if (part !== "body" || typeof index !== "number") return at;
    const { body } = (side === "request" ? request : response) ?? {};
    return [side ?? "", part, ...(bodyEditsOf(body)[index]?.place ?? [])];
  };
  return { kind: compiled.kind, faults: compiled.faults.map(({ at, why }) => ({ at: written(at), why })) };
}

const rewriteOf = (text: string) =>
  text.endsWith("/*")
    ? ({ kind: "prefix", to: text.slice(0, -1) } as const)
    : ({ kind: "template", to: text } as const);

const noEdits: FieldEdits = { set: {}, add: {}, remove: [] };
const editsOf = (settings: FieldSettings | undefined): FieldEdits => settings ?? noEdits;

/** In this order: rename, remove, set. `place`: where each stands in the settings. */
const bodyEditsOf = (
  settings: BodySettings | undefined,
): readonly { readonly edit: JsonEdit; readonly place: Place }[] =>
  settings === undefined
    ? []
    : [
        ...Object.entries(settings.rename).map(([rename, to]) => ({
          edit: { rename, to },
          place: ["rename", rename],
        })),
        ...settings.remove.map((remove, index) => ({ edit: { remove }, place: ["remove", index] })),
        ...Object.entries(settings.set).map(([set, value]) => ({
          edit: { set, value },
          place: ["set", set],
        })),
      ];
