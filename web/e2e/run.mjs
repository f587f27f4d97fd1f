// One journey through the real product in a real browser: sign in, send a report, triage, look at the overview.
// Needs a running server: HAUBERK_E2E_URL, HAUBERK_E2E_EMAIL, HAUBERK_E2E_PASSWORD; HAUBERK_E2E_BROWSER when chromium is elsewhere.
// Every page is also looked at by axe, in both themes and on a phone; screenshots go to test-results/. The core flow is
// gone through on each kind of screen. What was done is left in test-results/steps.json, which the release's evidence takes.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { report } from "./report.mjs";

const setting = (name) => {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set`);
    process.exit(2);
  }
  return value;
};
const URL_ = setting("HAUBERK_E2E_URL").replace(/\/$/, "");
const EMAIL = setting("HAUBERK_E2E_EMAIL");
const PASSWORD = setting("HAUBERK_E2E_PASSWORD");
const SHOTS = fileURLToPath(new URL("../test-results/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = [
  "/",
  "/findings",
  "/findings/changes",
  "/vulnerabilities",
  "/components",
  "/assets",
  "/scans",
  "/readiness",
  "/audit",
  "/logs",
  "/alerts",
  "/alerts/on-call",
  "/alerts/channels",
  "/alerts/deliveries",
  "/alerts/rules",
  "/settings",
  "/settings/appearance",
  "/settings/sessions",
  "/settings/failures",
  "/settings/tokens",
  "/settings/service-accounts",
  "/settings/due-dates",
  "/settings/mappings",
  "/settings/mappings/new",
  "/settings/people",
];

const SCREENS = {
  desktop: {},
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  tablet: { viewport: { width: 820, height: 1180 }, isMobile: true, hasTouch: true },
};

mkdirSync(SHOTS, { recursive: true });
const steps = [];
const problems = [];
const browser = await chromium.launch({
  executablePath: process.env.HAUBERK_E2E_BROWSER ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function openPage(options) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // The first question of a stranger, "who am I", is answered 401: the browser writes that down by itself.
    if (message.type() === "error" && !/\b(401|429)\b/.test(message.text()))
      problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("response", async (response) => {
    if (response.status() < 500) return;
    const said = await response.text().catch(() => "");
    problems.push(`${response.request().method()} ${response.url()}: ${response.status()} ${said}`);
  });
  return page;
}

/** Runs inside the page. */
async function axeFindings() {
  const { violations, passes } = await globalThis.axe.run(document);
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`),
  );
  return JSON.stringify({ seen: passes.length, found });
}

/** What is wider than the screen is cut off, or moves the whole page under the thumb. */
async function fits(page, name) {
  const { wide, room } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { wide: scrollWidth, room: clientWidth };
  });
  if (wide > room) problems.push(`${name}: ${wide} px wide on a screen of ${room}`);
}

async function look(page, name) {
  await fits(page, name);
  await page.screenshot({ path: `${SHOTS}${name}.png`, animations: "disabled" });
  // Through the debugger: the page's own content policy (rightly) lets no test script in.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `(${axeFindings})()`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const { seen, found } = JSON.parse(result.value);
  if (seen === 0) problems.push(`${name}: axe looked at nothing`);
  for (const each of found) problems.push(`${name}: axe: ${each}`);
}

async function step(text, act) {
  const began = Date.now();
  await act();
  const milliseconds = Date.now() - began;
  steps.push({ text, milliseconds });
  console.log(`ok  ${text} (${milliseconds} ms)`);
}

async function signIn(page) {
  await page.goto(`${URL_}/sign-in`);
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
}

const marker = `e2e${Date.now().toString(36)}`;

async function journey() {
  const page = await openPage();
  await step("a stranger is led to the sign-in page", async () => {
    await page.goto(`${URL_}/findings`);
    await page.waitForURL(/\/sign-in\?next=\/findings/);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await look(page, "sign-in");
  });
  await step("signing in leads to the overview", () => signIn(page));
  await step("a report is sent, read and counted", async () => {
    await page.goto(`${URL_}/scans`);
    await page.getByText("Asset, ref, format").click();
    await page.getByLabel("Asset", { exact: true }).fill(marker);
    await page.getByLabel("Report files").setInputFiles({
      name: `${marker}.sarif`,
      mimeType: "application/json",
      buffer: Buffer.from(report(marker)),
    });
    const card = page.getByRole("region", { name: `${marker}.sarif` });
    await card.getByText(/3 results read/).waitFor({ timeout: 60_000 });
    await look(page, "scan-done");
    await card.getByRole("link", { name: "See the findings" }).click();
  });
  await step("its findings are listed, and one is confirmed by keyboard", async () => {
    const grid = page.getByRole("grid", { name: "Findings" });
    await grid.getByRole("row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Why this is one finding" }).waitFor();
    await look(page, "finding-peek");
    const patched = page.waitForResponse((response) => response.request().method() === "PATCH");
    await page.keyboard.press("c");
    const answer = await patched;
    if (!answer.ok()) throw new Error(`The change was refused: ${answer.status()}`);
    await grid.getByText("Confirmed").first().waitFor();
  });
  await step("one is dismissed with a reason, and stays so after a reload", async () => {
    // In the list of what is open, where it stays until the person has the filter applied again.
    await page.keyboard.press("j");
    await page.keyboard.press("d");
    await page.getByRole("button", { name: "Test or example code" }).click();
    const patched = page.waitForResponse((response) => response.request().method() === "PATCH");
    await page.getByRole("button", { name: /^Dismiss 1 finding/ }).click();
    await page.getByRole("grid").getByText("False positive").first().waitFor();
    const answer = await patched; // what is shown at once has to be kept before the page is left
    if (!answer.ok()) throw new Error(`The change was refused: ${answer.status()}`);
    await page.goto(`${URL_}/findings?q=${encodeURIComponent(`asset:${marker} triage:false_positive`)}`);
    await page.getByRole("grid").getByText("False positive").first().waitFor();
  });
  await step("the same report again changes nothing", async () => {
    await page.goto(`${URL_}/scans`);
    await page.getByText("Asset, ref, format").click();
    await page.getByLabel("Asset", { exact: true }).fill(marker);
    await page.getByLabel("Report files").setInputFiles({
      name: `${marker}-again.sarif`,
      mimeType: "application/json",
      buffer: Buffer.from(report(marker)),
    });
    await page
      .getByRole("region", { name: `${marker}-again.sarif` })
      .getByText("Nothing changed: every result was known.")
      .waitFor({ timeout: 60_000 });
  });
  await step("the overview counts it, and its newest scan is this one", async () => {
    await page.goto(`${URL_}/`);
    await page.getByRole("region", { name: "Newest scans" }).getByText(marker).first().waitFor();
  });
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

/** Sign in, upload a scan, view what was found: with nothing but what this screen offers. */
async function coreFlow(screen, options) {
  const page = await openPage(options);
  const name = `${marker}${screen}`;
  await signIn(page);
  await page.goto(`${URL_}/scans`);
  await page.getByText("Asset, ref, format").click();
  await page.getByLabel("Asset", { exact: true }).fill(name);
  await page.getByLabel("Report files").setInputFiles({
    name: `${name}.sarif`,
    mimeType: "application/json",
    buffer: Buffer.from(report(name)),
  });
  const card = page.getByRole("region", { name: `${name}.sarif` });
  await card.getByText(/3 results read/).waitFor({ timeout: 60_000 });
  await card.getByRole("link", { name: "See the findings" }).click();
  await page.getByText("SQL is built from request input").first().waitFor();
  await look(page, `core-flow-${screen}`);
  await page.goto(`${URL_}/vulnerabilities`);
  await page.getByRole("heading", { name: "Vulnerabilities", level: 1 }).waitFor();
  await page.context().close();
}

/** So many pages in a minute are more than one person asks for: told to wait, it waits. */
async function visit(page, path) {
  let isTooMany = false;
  const listen = (response) => {
    isTooMany ||= response.status() === 429;
  };
  page.on("response", listen);
  await page.goto(URL_ + path);
  await page.waitForLoadState("networkidle");
  page.off("response", listen);
  if (!isTooMany) return;
  await page.waitForTimeout(61_000);
  await visit(page, path);
}

/** The newest of each kind of thing that has a page of its own. */
async function details(page) {
  const paths = [];
  for (const place of ["findings", "vulnerabilities", "assets", "scans"]) {
    const answer = await page.request.get(`${URL_}/api/v1/${place}?limit=1`);
    const [first] = answer.ok() ? (await answer.json()).items : [];
    if (first === undefined) problems.push(`/${place}: nothing to open`);
    else paths.push(`/${place}/${first.id}`);
  }
  return paths;
}

async function looks(name, options, only) {
  const page = await openPage(options);
  for (const path of only ?? [...PAGES, ...(await details(page))]) {
    await visit(page, path);
    const shown = path
      .replace(/(?<=\/)[a-z]{3}_\w+$/, "one")
      .replaceAll("/", "-")
      .slice(1);
    await look(page, `${shown || "overview"}-${name}`);
  }
  await page.context().close();
}

/** A theme chosen against the palette that the system forces is what goes wrong first. */
async function forced(storageState) {
  for (const colorScheme of ["light", "dark"]) {
    const chosen = { storageState, colorScheme, forcedColors: "active" };
    await looks(`forced-${colorScheme}`, chosen, ["/", "/findings", "/scans"]);
  }
}

/** Down a list, into a row, and back: as far down, on the row that led away. */
async function back(name, options) {
  const page = await openPage(options);
  await page.goto(`${URL_}/vulnerabilities`);
  const row = page.locator("[data-row-link]").last();
  await row.waitFor();
  const href = await row.getAttribute("href");
  await row.scrollIntoViewIfNeeded();
  const top = () => page.evaluate(() => Math.max(document.getElementById("main").scrollTop, window.scrollY));
  await row.click();
  await page.waitForURL((url) => url.pathname === href);
  await page.goBack();
  await page.locator(`[data-row-link][href="${href}"]:focus`).waitFor();
  const shown = await page.locator(`[href="${href}"]`).first().boundingBox();
  const { height } = page.viewportSize();
  if (!shown || shown.y < 0 || shown.y > height)
    problems.push(`${name}: back in the list its row is out of sight, at ${shown?.y} of ${await top()}`);
  await page.context().close();
}

try {
  const storageState = await journey();
  await step("every page, light", () => looks("light", { storageState, colorScheme: "light" }));
  await step("every page, dark", () => looks("dark", { storageState, colorScheme: "dark" }));
  await step("every page, on a phone", () => looks("phone", { storageState, ...SCREENS.phone }));
  await step("under forced colours", () => forced(storageState));
  await step("back leads to the row", () => back("back", { storageState }));
  await step("back leads to the row, on a phone", () =>
    back("back on a phone", { storageState, ...SCREENS.phone }),
  );
  for (const [screen, options] of Object.entries(SCREENS)) {
    await step(`core flow, ${screen}`, () => coreFlow(screen, options));
  }
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
}
writeFileSync(`${SHOTS}steps.json`, JSON.stringify({ steps }));
for (const problem of new Set(problems)) console.error(`not ok  ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
