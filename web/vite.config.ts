import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.ts";
import { mockServer } from "./build/mock-server.ts";
import { serviceWorker } from "./build/service-worker.ts";

const API = process.env.HAUBERK_URL ?? "http://127.0.0.1:8000";

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
    compressed(),
    ...(mode === "mock" ? [mockServer()] : []),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // The first browsers with light-dark(), on which the tokens rest; older ones would get a slower imitation of it.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    manifest: true,
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: mode === "mock" ? {} : { proxy: { "/api": API, "/health": API } },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 45_000,
    maxWorkers: 2,
  },
}));
