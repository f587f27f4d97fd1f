import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.ts";
import { confirmations } from "./build/confirmations.ts";
import { integrity } from "./build/integrity.ts";
import { mockServer } from "./build/mock-server.ts";
import { primitives } from "./build/primitives.ts";
import { serviceWorker } from "./build/service-worker.ts";

const API = process.env.HAUBERK_URL ?? "http://127.0.0.1:8000";

/** Without what asks several questions at once or sends a change: the first page only reads, so that comes with the page that does. */
const PACKAGES_OF_EVERY_PAGE =
  /node_modules[\\/](react|react-dom|scheduler|class-variance-authority|clsx|use-sync-external-store|@tanstack[\\/](query-core|react-query|router-core|react-router|history|store|react-store))[\\/](?!.*(queriesObserver|mutationObserver|infiniteQueryObserver|useQueries|useMutation)\.js$)/;
const PARTS_OF_EVERY_PAGE =
  /src[\\/]((api[\\/](client|problem|session|query-client))|(features[\\/]shell[\\/](bottom-bar|offline-notice|places|rail|readiness-dot|shell))|(lib[\\/](filter-link|format|keyboard|media|preferences|url-state|words))|(ui[\\/](avatar|button|chip|copy-button|kbd|live-region|logo|lucide|page|palette-state|panel|severity|state|time|upload-link)))\.tsx?$/;

export default defineConfig(({ mode }) => ({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      generatedRouteTree: "src/routes.gen.ts",
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
    serviceWorker(),
    confirmations(),
    integrity(),
    compressed(),
    ...(mode === "mock" ? [mockServer()] : []),
  ],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      // React has had this hook for years: what imitates it in an older one need not travel.
      {
        find: "use-sync-external-store/shim/with-selector",
        replacement: "use-sync-external-store/with-selector",
      },
      {
        find: /^\.\.\/createLucideIcon\.mjs$/,
        replacement: fileURLToPath(new URL("./src/ui/lucide.ts", import.meta.url)),
      },
    ],
  },
  css: { postcss: { plugins: [primitives()] } },
  build: {
    // The first browsers with light-dark(), on which the tokens rest; older ones would get a slower imitation of it.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    manifest: true,
    assetsInlineLimit: 0,
    sourcemap: false,
    rolldownOptions: {
      checks: { pluginTimings: false }, // whoever sets the product up for the first time cannot do anything about them
      output: {
        // What every page needs, in one file: it changes seldom and compresses better together.
        codeSplitting: {
          groups: [
            { name: "base", test: PACKAGES_OF_EVERY_PAGE },
            { name: "parts", test: PARTS_OF_EVERY_PAGE },
          ],
        },
      },
    },
  },
  experimental: {
    // Scripts and styles find each other beside themselves, so that they may come from a CDN (HAUBERK_ASSET_URL).
    renderBuiltUrl: (_file, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  server: mode === "mock" ? {} : { proxy: { "/api": { target: API, changeOrigin: false }, "/health": API } },
  test: {
    environment: "happy-dom",
    environmentOptions: {
      happyDOM: {
        url: "http://localhost/",
        settings: { navigation: { disableMainFrameNavigation: true } },
      },
    },
    isolate: false,
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 45_000,
    maxWorkers: 2,
  },
}));
