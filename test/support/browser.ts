import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/**
 * The program of a Chromium: `$SALLYPORT_CHROMIUM`, else the first one on the path. Under `CI=true` its absence is a
 * failure, elsewhere it is said aloud and `undefined`.
 */
export function findChromium(): string | undefined {
  const named = process.env["SALLYPORT_CHROMIUM"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const files =
    named === undefined ? folders.flatMap((folder) => names.map((name) => join(folder, name))) : [named];
  const found = files.find(isProgram);
  if (found !== undefined) return found;
  const missing = `no Chromium (looked for ${named ?? names.join(", ")})`;
  if (process.env["CI"] === "true") throw new Error(missing);
  console.warn(`SKIPPED: ${missing}`);
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts `program` without a window. It keeps nothing and asks nobody for anything. */
export function openBrowser(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program });
}

/** What a page has done that a careful page does not. */
export interface Misdeeds {
  /** Errors of scripts and of the browser itself: refused by the content security policy, not found, not caught. */
  readonly errors: string[];
  /** Origins that were asked for something. */
  readonly origins: ReadonlySet<string>;
}

/** Watches all pages of `context` from now on. */
export function watch(context: BrowserContext): Misdeeds {
  const errors: string[] = [];
  const origins = new Set<string>();
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  return { errors, origins };
}

/** Whether something sticks out to the right: of the page, or of `part` of it. */
export function sticksOut(page: Page, part = "html"): Promise<boolean> {
  return page.evaluate<boolean>(
    `(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector(${JSON.stringify(part)}))`,
  );
}

/** Presses Tab until the focus is on an element that fits `selector`. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const tabsMax = 60;
  await page.locator(selector).first().waitFor({ state: "attached" });
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    await page.keyboard.press("Tab");
    if (await hasFocus(page, selector)) return;
  }
  throw new Error(`${tabsMax} presses of Tab do not lead to ${selector}`);
}

/** Whether the focus is on an element that fits `selector`, or within one. */
export function hasFocus(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement?.closest(${JSON.stringify(selector)}) != null`);
}

/** Controls that have no name for those who cannot see them. */
export function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll("a, button, input, select, summary, table, dialog, [role]")]
      .filter((element) => {
        const label = element.getAttribute("aria-label") ?? "";
        const by = element.getAttribute("aria-labelledby");
        const labelled = by === null ? "" : (document.getElementById(by)?.textContent ?? "");
        const words = element.matches("table, input, select") ? (element.labels?.[0]?.textContent ?? "") : element.textContent;
        return (label + labelled + words).trim() === "" && element.getAttribute("role") !== "status";
      })
      .map((element) => element.outerHTML.slice(0, 120))`);
}

/**
 * How much of what could be seen has moved by itself since the page was opened: the sum of the browser's own layout
 * shifts, each a share of the window. 0: nothing jumped.
 */
export function jumped(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: "layout-shift", buffered: true });
    // What was kept for the observer comes in a task of its own: two frames later it has.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
  })`);
}
