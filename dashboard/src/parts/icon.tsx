const paths = {
  overview: "M2.5 13.5h11M4 11V8m3 3V4.5M10 11V6.5M13 11V3",
  requests: "M2.5 4h11M2.5 8h11M2.5 12h7",
  models: "M8 2l5.5 3v6L8 14l-5.5-3V5L8 2Zm0 6 5.5-3M8 8v6M8 8 2.5 5",
  providers: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
  translations: "M2.5 5.5h9m-2.5-3 2.5 3-2.5 3m4.5 2h-9m2.5-3-2.5 3 2.5 3",
  routing: "M2.5 8h4c3 0 2.5-4.5 5.5-4.5h1.5M6.5 8c3 0 2.5 4.5 5.5 4.5h1.5M11.5 1.5l2 2-2 2m0 5 2 2-2 2",
  routes:
    "M5 8h6M3.5 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Zm9 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM8.5 5.5 11 8l-2.5 2.5",
  graphql: "M8 2.2 13 5.1v5.8L8 13.8l-5-2.9V5.1L8 2.2ZM8 2.2 3 10.9h10L8 2.2",
  scaling: "M2.5 13.5h3v-4h-3zm5 0h3v-7h-3zm5 0h1v-11h-1M2.5 5.5l4-3",
  regions:
    "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm-6.3 5h12.6M1.7 9.5h12.6M8 1.5c-4 4-4 9 0 13 4-4 4-9 0-13",
  endpoints: "M2.5 13.5v-11m0 11h11M4.5 11 8 7.5l2 2 3.5-4.5",
  breakers: "M1.5 9.5H5m6 0h3.5M5 9.5l5-4.5M5 9.5h.01M11 9.5h.01",
  costs: "M2.5 13.5h11M4 11.5v-2m3 2v-4m3 4V5m3 6.5v-8M2.5 6.5l8-4",
  prices:
    "M8 1.5v13M11 4.5c-.6-1-1.7-1.5-3-1.5-1.7 0-3 .9-3 2.4C5 9 11 7 11 10.6c0 1.5-1.3 2.4-3 2.4-1.3 0-2.4-.5-3-1.5",
  keys: "M9.4 6.6 13.5 2.5m-2 2 2 2M6.5 13a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7Z",
  limits: "M2.5 11.5a5.5 5.5 0 1 1 11 0M8 11.5l2.5-4M2.5 13.5h11",
  projects: "M2.5 4.5h4l1.5 2h5.5v7h-11zM2.5 6.5v-4h4",
  policies: "M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2",
  guardrails: "M8 2 13 4v4c0 3-2 5-5 6-3-1-5-3-5-6V4l5-2ZM6 8l1.5 1.5L10.5 6.5",
  audit: "M3 3h7M3 6.500h5M3 10h3M11 9a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.400Zm1.6 3.8 1.4 1.4",
  people:
    "M6 3a2.3 2.3 0 1 0 0 4.600A2.3 2.3 0 0 0 6 3Zm-4 10.500c0-5 8-5 8 0M10.5 3.500a2 2 0 0 1 0 3.800m1 2c1.7.4 2.5 2 2.5 4.2",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-3.5v1m0 11v1M1.5 8h1m11 0h1M3.4 3.4l.7.7m7.8 7.8.7.7m0-9.2-.7.7m-7.8 7.8-.7.7",
  moon: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z",
  system: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
  check: "m3 8.5 3.2 3.2L13 4.8",
  close: "m4 4 8 8m0-8-8 8",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8 3.2 3.2",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.7h-2.7",
  warning: "M8 2.5 14 13H2L8 2.5Zm0 4.2v2.8m0 1.6v.2",
  plus: "M8 3v10M3 8h10",
  "sign-out": "M6.5 2.5h-4v11h4M10 5l3 3-3 3m2.8-3H6.5",
  up: "m4 10 4-4 4 4",
  down: "m4 6 4 4 4-4",
} as const;

export type IconName = keyof typeof paths;

/** A drawing of 16 by 16 in the colour of the text; says nothing to a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
