/** `npm start`: the embedded local cloud, with a stack in it, driven by its demo, or empty for `pulumi up`. */

import { LocalCloud } from "../local";
import { AdminServer } from "../local/server";
import { deploy } from "./local-stack";
import { once } from "./once";
import { findProject, type Stack } from "./project";

export interface StartOptions {
  readonly once?: boolean;
  readonly serve?: boolean;
  readonly seed: number;
  /** Of the console; 0 takes any free one. */
  readonly port: number;
}

/** Runs until it is interrupted, or until the demo is over. False when the demo's books do not balance. */
export async function start(stack: Stack | undefined, options: StartOptions): Promise<boolean> {
  const cloud = new LocalCloud();
  const say = (text: string) => process.stdout.write(`${text}\n`);
  try {
    if (stack && options.once) {
      const report = await Promise.race([once(cloud, stack, options.seed), interrupted()]);
      if (report === undefined) say("Interrupted; the handlers in flight end first.");
      else say(report.text);
      await cloud.drain();
      return report?.balanced ?? false;
    }
    const server = await AdminServer.start(cloud, { port: options.port });
    try {
      const outputs = stack ? await deploy(cloud, stack) : {};
      say(stack ? banner(stack, outputs, server.consoleUrl()) : emptyBanner(server.consoleUrl()));
      await interrupted();
      say("Ending: handlers in flight are finished first. Interrupt again to stop at once.");
      await Promise.race([cloud.drain(), interrupted()]);
    } finally {
      await server.close();
    }
    return true;
  } finally {
    await cloud.close();
  }
}

/** Resolves at the next Ctrl-C or SIGTERM. */
function interrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve(undefined);
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
const signals = ["SIGINT", "SIGTERM"] as const;

function banner(stack: Stack, outputs: Readonly<Record<string, unknown>>, console: string): string {
  const { url } = outputs;
  const lines = [`${stack.name} is up in the local cloud.`];
  if (typeof url === "string") lines.push(`  API      ${url}`);
  lines.push(`  Console  ${console}`);
  if (typeof url === "string") {
    const order = `{"sku":"MUG-01","quantity":2,"customer":"Ada"}`;
    lines.push(
      "",
      "Try",
      `  curl -i ${url}/orders -H 'content-type: application/json' -d '${order}'`,
      `  npm run dlq -- list ${stack.name} fulfil`,
    );
  }
  return [...lines, "", "Ctrl-C ends it; everything is in memory."].join("\n");
}

function emptyBanner(console: string): string {
  const { name } = findProject();
  return [
    `An empty local cloud for the project ${name} is running.`,
    `  Console  ${console}`,
    "",
    "Try",
    "  pulumi up -s orders-local",
    "",
    "Ctrl-C ends it; everything is in memory.",
  ].join("\n");
}
