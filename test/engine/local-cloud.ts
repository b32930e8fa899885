/** `npm start -- --serve` in a checkout, where the provider of the CLI finds it. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "../../local/address";
import { AdminClient } from "../../local/admin-client";
import type { ResourceType } from "../../local/resources";
import type { Cli } from "./cli";

export class LocalCloud {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static start(cli: Cli): Promise<LocalCloud> {
    const child = spawn(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", join(cli.work, "cli/main.ts"), "start", "--serve"],
      { cwd: cli.work, env: { ...process.env, XDG_RUNTIME_DIR: cli.folder }, stdio: ["ignore", "pipe", "inherit"] },
    );
    return new Promise((started, failed) => {
      child.once("exit", (code) => failed(new Error(`the local cloud ended with ${code}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("is running")) started(new LocalCloud(child, cli.folder));
      });
    });
  }

  /** Which of a stack's resources, as the engine keeps them, exist here. */
  async having(states: Awaited<ReturnType<Cli["stackExport"]>>): Promise<string[]> {
    const file = join(this.folder, "serverless-blueprints/local-cloud.json");
    const admin = new AdminClient(JSON.parse(readFileSync(file, "utf8")) as Address);
    const found: string[] = [];
    for (const { type, inputs } of states) {
      const [provider, , kind] = type.split(":");
      if (provider !== "localcloud") continue;
      if (await admin.read(kind as ResourceType, String(inputs?.name))) found.push(`${kind} ${inputs?.name}`);
    }
    return found;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGINT");
    await ended;
  }
}
