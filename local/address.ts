import { lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { LocalCloudError } from "./errors";

/** How programs of the same user find the running local cloud. */
export interface Address {
  readonly url: string;
  readonly token: string;
  readonly bootId: string;
  readonly pid: number;
}

/** How to start a local cloud, as every error about a missing one says. */
export const startCommand = "npm start -- --serve";

/** A running cloud must answer within this time, in ms. */
const patience = 2000;

function directory(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  return runtime
    ? join(runtime, "serverless-blueprints")
    : join(tmpdir(), `serverless-blueprints-${process.getuid?.() ?? userInfo().username}`);
}

export function addressFile(): string {
  return join(directory(), "local-cloud.json");
}

/**
 * Announces a cloud. Refused while another one runs; the file of one that has died is replaced.
 * Returns how to take the announcement back, which also happens when the process exits.
 */
export async function publish(address: Address): Promise<() => void> {
  const path = directory();
  mkdirSync(path, { recursive: true, mode: 0o700 });
  mustBePrivate(path, "directory");
  const running = await findRunning();
  if (running) {
    const fact = `a local cloud is running already at ${running.url} (process ${running.pid})`;
    throw new LocalCloudError("AlreadyRunning", `${fact}; use it, or end it first`);
  }
  const file = addressFile();
  unlinkIfThere(file);
  try {
    writeFileSync(file, `${JSON.stringify(address)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new LocalCloudError(
      "AlreadyRunning",
      "another local cloud is starting at this moment; use that one, or try again",
    );
  }
  const retract = () => {
    process.off("exit", retract);
    if (read()?.bootId === address.bootId) unlinkIfThere(file);
  };
  process.on("exit", retract);
  return retract;
}

/** The cloud that runs now; undefined when there is none, or only the file of one that died. */
export async function findRunning(): Promise<Address | undefined> {
  const address = read();
  if (!address || !isAlive(address.pid)) return undefined;
  try {
    const response = await fetch(`${address.url}/v1/boot`, {
      headers: { authorization: `Bearer ${address.token}` },
      signal: AbortSignal.timeout(patience),
    });
    const { bootId } = (await response.json()) as { readonly bootId?: unknown };
    return bootId === address.bootId ? address : undefined; // its process id may be another program's by now
  } catch (error) {
    if (!(error instanceof Error && error.name === "TimeoutError")) return undefined;
    const fact = `the local cloud at ${address.url} (process ${address.pid}) runs but does not answer`;
    throw new LocalCloudError("NotRunning", `${fact}; try again, or end it and start another with: ${startCommand}`);
  }
}

function read(): Address | undefined {
  const file = addressFile();
  let text: string;
  try {
    mustBePrivate(directory(), "directory");
    mustBePrivate(file, "file");
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { url, token, bootId, pid } = JSON.parse(text) as Partial<Address>;
    const complete =
      typeof url === "string" && typeof token === "string" && typeof bootId === "string" && typeof pid === "number";
    return complete ? { url, token, bootId, pid } : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever else could write here could hand out an address of their own, and collect what is sent there. */
function mustBePrivate(path: string, kind: "directory" | "file"): void {
  const stat = lstatSync(path);
  const right = kind === "directory" ? stat.isDirectory() : stat.isFile();
  const mine = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
  if (!right || !mine) {
    throw new LocalCloudError(
      "UnsafeAddress",
      `${path} must be a ${kind} that only its owner, you, can read and write; remove it and start again`,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
