import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { deploy } from "../../cli/local-stack";
import { findProject, readStack } from "../../cli/project";
import { LocalCloud } from "../../local";
import { AdminServer } from "../../local/server";

const executablePath = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find(existsSync);

/** Left out with one visible line where no Chromium is, but never in CI. */
function withBrowser(name: string, suite: (this: Mocha.Suite) => void): void {
  if (executablePath || process.env.CI === "true") describe(name, suite);
  else describe(name, () => it("needs Chromium on PATH"));
}

withBrowser("the console in a browser", function () {
  this.timeout(60_000);
  let cloud: LocalCloud;
  let server: AdminServer;
  let browser: Browser;
  let page: Page;
  let api: string;
  const failures: string[] = [];

  before(async () => {
    cloud = new LocalCloud();
    server = await AdminServer.start(cloud, { publish: false });
    const stack = readStack(findProject(), "orders-local", ["orders:maxDeliveries=2"]);
    api = String((await deploy(cloud, stack)).url);
    browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    page = await browser.newPage();
    page.on("console", (line) => {
      // The refusals below are asked for; all else that a browser complains of is a fault.
      if (line.type() === "error" && !line.text().includes("401")) failures.push(line.text());
    });
    page.on("pageerror", (error) => failures.push(error.message));
  });
  after(async () => {
    await browser?.close();
    await server.close();
    await cloud.drain();
    await cloud.close();
  });

  const order = (sku: string) =>
    fetch(`${api}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sku, quantity: 1, customer: "a secret customer" }),
    });

  it("lets nobody in without the link", async () => {
    const answer = await page.goto(`${server.url}/`);
    assert.equal(answer?.status(), 401);
  });

  it("shows queues and dead letters with their cause, and no payload", async () => {
    await order("MUG-01");
    await order("GHOST-99");
    await cloud.quiet({ skipBackoff: true });
    await page.goto(server.consoleUrl());
    assert.equal(await page.title(), "Local cloud");
    const text = await page.innerText("body");
    assert.match(text, /orders-local-fulfil/);
    assert.match(text, /UnknownArticle: the catalog has no such article/);
    assert.doesNotMatch(text, /a secret customer/);
    assert.equal(await page.locator("button", { hasText: "Redrive all" }).count(), 1);
  });

  it("signs in once for each link", async () => {
    const link = server.consoleUrl();
    await page.goto(link);
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(server.url);
    await page.goto(server.consoleUrl());
    assert.equal((await stranger.goto(link))?.status(), 401);
    await other.close();
  });

  it("sends a dead letter back at a click", async () => {
    await page.goto(server.consoleUrl());
    await page.getByRole("button", { name: "Redrive all" }).click();
    await page.waitForLoadState();
    assert.equal(cloud.find("Queue", "orders-local-fulfil")?.counters.redriven, 1);
    await cloud.quiet({ skipBackoff: true });
    await page.reload();
    assert.match(await page.innerText("body"), /Dead letters of orders-local-fulfil/);
  });

  it("keeps its own content security policy", () => assert.deepEqual(failures, []));
});
