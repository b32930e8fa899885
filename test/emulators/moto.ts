/** The moto server (https://docs.getmoto.org), which answers as AWS does, on a port of its own. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { http2Proxy } from "../runtime/http2-proxy";
import { AWS_ENVIRONMENT } from "../runtime/support";
import { freePort } from "../support/port";

interface Moto {
  readonly endpoint: string;
  /** The same over HTTP/2, which the SDK's Kinesis client insists on. */
  readonly http2: string;
  readonly stop: () => Promise<void>;
}

export const region = AWS_ENVIRONMENT.AWS_REGION;
export const account = "123456789012";

const startsWithinMs = 60_000;

/** Undefined, said in one line, where it is not installed; in CI that is a failure. */
async function moto(): Promise<Moto | undefined> {
  if (spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status !== 0) {
    assert.ok(!process.env.CI, "moto_server is not installed");
    console.log("      skipped: there is no moto_server");
    return undefined;
  }
  const port = await freePort();
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await exit;
  };
  const end = Date.now() + startsWithinMs;
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode === null && Date.now() < end) await sleep(100);
    else {
      await stop();
      throw new Error(`moto_server did not answer at ${endpoint}`);
    }
  }
  const proxy = await http2Proxy(endpoint);
  return {
    endpoint,
    http2: proxy.url,
    stop: async () => {
      await proxy.close();
      await stop();
    },
  };
}

/** For a suite: the server runs while it does, and the environment is that of a function of its account. */
export function onMoto(): void {
  let server: Moto | undefined;
  const others: Record<string, string | undefined> = {};
  before(async function () {
    server = await moto();
    if (!server) return this.skip();
    for (const [name, value] of Object.entries(environmentOf(server))) {
      others[name] = process.env[name];
      process.env[name] = value;
    }
  });
  after(async () => {
    for (const [name, value] of Object.entries(others)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await server?.stop();
  });
}

const environmentOf = ({ endpoint, http2 }: Moto) => ({
  ...AWS_ENVIRONMENT,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_KINESIS: http2,
});
