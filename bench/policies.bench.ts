/** What judging costs: a resource and control, all packs on a thousand resources beside checkov, and a pack's start. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controls, evaluate, viewOf } from "../policies";
import { declared } from "../test/policies/pages";
import { PackServer } from "../test/policies/support/pack-server";
import { score } from "../test/policies/support/score";
import { apart } from "./apart";
import { type Figure, inTurn, median, time } from "./figure";
import { pulumiResources, terraformFile } from "./mixed";

const resources = 1000;

export async function measure(): Promise<readonly Figure[]> {
  return [...cells(), ...(await whole()), ...(await starts()), proved()];
}

/** Microseconds a resource and control: a control's time on the whole stack, shared among the resources. */
function cells(): Figure[] {
  const view = viewOf(pulumiResources(resources));
  const enabled = controls.map(({ id }) => id);
  const judge = (control: (typeof controls)[number]) => {
    const start = process.hrtime.bigint();
    evaluate([control], view, { enabled, dataClass: "regulated" });
    return Number(process.hrtime.bigint() - start) / 1e3 / resources;
  };
  for (const control of controls) judge(control);
  const taken = controls.map((control) => ({
    id: control.id,
    value: median([1, 2, 3, 4, 5].map(() => judge(control))),
  }));
  const worst = taken.reduce((a, b) => (b.value > a.value ? b : a));
  return [
    { what: "a resource and control, p50 of the controls", unit: "µs", ours: median(taken.map(({ value }) => value)) },
    { what: "a resource and control, the worst control", unit: "µs", ours: worst.value, note: worst.id },
  ];
}

async function whole(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    writeFileSync(join(folder, "main.tf"), terraformFile(resources));
    const checkov = await checkovAt(folder);
    const [ours = 0, peer = 0] = await inTurn(3, [
      async () => (await apart<Judged>(__filename, "judged", resources)).seconds,
      async () => (checkov ? await checkov() : Number.NaN),
    ]);
    const { megabytes, inside, verdicts } = await apart<Judged>(__filename, "judged", resources);
    return [
      {
        what: `all ${controls.length} controls on ${resources} mixed resources, process and all`,
        unit: "s",
        ours,
        ...(checkov && { peer: { name: "checkov", value: peer } }),
        note: checkov
          ? "the same resources as Terraform, one process each"
          : "no checkov: pip install checkov, or name it in CHECKOV",
      },
      { what: "of which judging", unit: "s", ours: inside, aim: 1, note: `${verdicts} verdicts` },
      { what: "memory of that process", unit: "MB", ours: megabytes, aim: 300 },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Judged {
  readonly seconds: number;
  readonly inside: number;
  readonly megabytes: number;
  readonly verdicts: number;
}

/** In a process of its own. */
export async function judged(count: number): Promise<Judged> {
  let verdicts = 0;
  const inside = await time(() => {
    verdicts = evaluate(controls, viewOf(pulumiResources(count))).length;
  });
  const { maxRSS } = process.resourceUsage();
  return { seconds: process.uptime(), inside: inside / 1000, megabytes: maxRSS / 1024, verdicts };
}

/** Seconds of one run of checkov, where there is one. */
async function checkovAt(folder: string): Promise<(() => Promise<number>) | undefined> {
  const command = process.env.CHECKOV ?? "checkov";
  const run = (...args: string[]) =>
    new Promise<string | undefined>((done) =>
      execFile(command, args, { cwd: folder, maxBuffer: 2 ** 28 }, (error, out) =>
        done(error && typeof error.code !== "number" ? undefined : out),
      ),
    );
  if ((await run("--version")) === undefined) return undefined;
  return async () => {
    let out: string | undefined;
    const taken = await time(async () => {
      out = await run(
        "-f",
        "main.tf",
        "--framework",
        "terraform",
        "--skip-download",
        "--quiet",
        "--soft-fail",
        "-o",
        "json",
      );
    });
    const seen: unknown = JSON.parse(out ?? "{}").summary?.resource_count;
    if (seen !== resources) throw new Error(`checkov has seen ${String(seen)} of ${resources} resources`);
    return taken / 1000;
  };
}

/** A pack's start beside that of a pack without policies. */
async function starts(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
    write("PulumiPolicy.yaml", "runtime: nodejs\nversion: 0.0.1\n");
    write("package.json", '{ "name": "empty", "version": "0.0.1", "main": "index.js" }');
    write("index.js", 'const { PolicyPack } = require("@pulumi/policy"); new PolicyPack("empty", { policies: [] });');
    symlinkSync(join(__dirname, "../node_modules"), join(folder, "node_modules"));
    const start = (pack: string) => async () => {
      const started = Date.now();
      const server = await PackServer.start(pack);
      const seconds = (Date.now() - started) / 1000;
      await server.stop();
      return seconds;
    };
    const [ours = 0, peer = 0] = await inTurn(5, [start("iam"), start(folder)]);
    return [
      {
        what: "start of a pack under the engine's host",
        unit: "s",
        ours,
        peer: { name: "a pack without policies", value: peer },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many of the faulty stacks exactly the right controls notice. */
function proved(): Figure {
  const { killed, tried } = score(declared());
  return { what: "mutants killed", unit: "", ours: killed, peer: { name: "tried", value: tried } };
}
