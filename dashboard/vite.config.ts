import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    target: ["chrome125", "firefox128", "safari17.5"], // light-dark(), :has(), nesting
    assetsInlineLimit: 0, // the admin listener's content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  // `vite dashboard` beside a running gateway: its admin API, and the pages as they are edited.
  server: { proxy: { "/api": "http://127.0.0.1:7228" } },
});
