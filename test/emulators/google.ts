/** Google's own emulators of Pub/Sub and Firestore, as the Google Cloud CLI installs them, each on a port of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../support/port";

export interface Emulator {
  /** `127.0.0.1:8085`, for the service's own environment variable. */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;

/** Folder of the CLI's platform tools; undefined where the CLI is not installed. */
function platform(): string | undefined {
  const { stdout } = spawnSync("which", ["gcloud"], { encoding: "utf8" });
  const gcloud = stdout.trim();
  return gcloud === "" ? undefined : join(realpathSync(gcloud), "../../platform");
}

export async function pubsubEmulator(): Promise<Emulator | undefined> {
  const jar = jarOf("pubsub-emulator/lib", /^cloud-pubsub-emulator-.*-all\.jar$/);
  return jar === undefined ? undefined : started((port) => ["-jar", jar, "--host=127.0.0.1", `--port=${port}`]);
}

/** `functions`: where it sends the events of its documents to, as to the emulator of functions. */
export async function firestoreEmulator(functions?: string): Promise<Emulator | undefined> {
  const jar = jarOf("cloud-firestore-emulator", /^cloud-firestore-emulator\.jar$/);
  const main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
  const to = functions === undefined ? [] : ["--functions_emulator", functions];
  return jar === undefined
    ? undefined
    : started((port) => ["-cp", jar, main, "--host", "127.0.0.1", "--port", `${port}`, ...to]);
}

function jarOf(folder: string, name: RegExp): string | undefined {
  const path = join(platform() ?? "", folder);
  const file = existsSync(path) ? readdirSync(path).find((one) => name.test(one)) : undefined;
  return file === undefined ? undefined : join(path, file);
}

async function started(argsOf: (port: number) => readonly string[]): Promise<Emulator> {
  const port = await freePort();
  const child = spawn("java", ["-Xmx256m", ...argsOf(port)], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.once("error", (error) => (said = String(error)));
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  const host = `127.0.0.1:${port}`;
  const end = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(host))) {
    if (child.pid !== undefined && child.exitCode === null && Date.now() < end) await sleep(100);
    else {
      await stopped(child);
      throw new Error(`an emulator did not start: ${said.slice(-2000)}`);
    }
  }
  return { host, stop: () => stopped(child) };
}

async function answers(host: string): Promise<boolean> {
  try {
    await fetch(`http://${host}/`, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}
