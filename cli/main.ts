#!/usr/bin/env node
/** The command line: thin; each command calls one function of the folders beside it. */
import { writeFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { BlueprintError } from "../components/core/errors";
import { LocalCloudError } from "../local/errors";
import type { DataClass, ReportFormat, Severity } from "../policies";
import type { Output } from "./check";
import { ResourceFailure } from "./engine/errors";
import { UsageError } from "./failure";
import { findProject, readStack } from "./project";

/** 0: all is well. 1: the stack fails its policies, or its books do not balance. 2: the call, the stack or its code is wrong. */
const exit = { fine: 0, found: 1, wrong: 2 } as const;

const checkFormats: readonly ReportFormat[] = ["text", "json", "sarif", "junit", "csv", "html"];

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}
const collect = (value: string, before: string[]) => [...before, value];
const configOption = () =>
  new Option("--config <key=value>", "set a configuration value for this run; may be repeated")
    .argParser(collect)
    .default([], "");

function commandLine(): Command {
  const program = new Command("serverless-blueprints").description(
    "Serverless blueprints: see before deploying, run locally, check policies.",
  );
  program.exitOverride().showHelpAfterError(false);

  program
    .command("start")
    .description("bring a stack to life in the embedded local cloud")
    .argument("[stack]", "a stack for the local cloud", "orders-local")
    .option("--once", "drive the blueprint's demo traffic, print its books, and exit 0 if they balance")
    .option("--serve", "run an empty local cloud for `pulumi up`")
    .option("--seed <number>", "seed of the demo traffic", whole(0, 2 ** 32 - 1), 1)
    .option("--port <number>", "port of the console", whole(0, 65535), 0)
    .addOption(configOption())
    .action(
      async (
        stack: string,
        options: { once?: boolean; serve?: boolean; seed: number; port: number; config: string[] },
      ) => {
        const { start } = require("./start") as typeof import("./start");
        process.exitCode = (await start(
          options.serve ? undefined : readStack(findProject(), stack, options.config),
          options,
        ))
          ? exit.fine
          : exit.found;
      },
    );

  program
    .command("plan")
    .description("show what a stack will be: resources, delivery contract, grants, policy verdicts")
    .argument("<stack>")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
    .addOption(configOption())
    .action(async (stack: string, options: { format: string; config: string[] }) => {
      const { planStack, planText } = require("./plan") as typeof import("./plan");
      const report = await planStack(readStack(findProject(), stack, options.config));
      print(options.format === "json" ? JSON.stringify(report, undefined, 2) : planText(report));
    });

  checkCommand(program);
  deadLetterCommands(program);

  program
    .command("secret")
    .description("secrets of a stack in the running local cloud")
    .command("set <stack> <secret>")
    .description("set a value, read from standard input")
    .action(async (stack: string, secret: string) => {
      const { setSecret } = require("./secret") as typeof import("./secret");
      print(await setSecret(readStack(findProject(), stack), secret, process.stdin));
    });

  const contracts = program.command("contracts").description("what a stack's services say to each other");
  contracts
    .command("show <stack>")
    .description("the AsyncAPI 3 document of its events, messages and records")
    .action(async (stack: string) => {
      const { contractsOf } = require("./contracts") as typeof import("./contracts");
      print(JSON.stringify(await contractsOf(readStack(findProject(), stack)), undefined, 2));
    });
  contracts
    .command("check <stack>")
    .description("compare them with an earlier document; exits 1 when a change breaks a sender or a receiver")
    .requiredOption("--against <file>", "what `contracts show` wrote earlier")
    .action(async (stack: string, { against }: { against: string }) => {
      const { checkContracts } = require("./contracts") as typeof import("./contracts");
      const report = await checkContracts(readStack(findProject(), stack), against);
      print(report.text);
      process.exitCode = report.compatible ? exit.fine : exit.found;
    });

  program
    .command("replay <stack> <subscription>")
    .description("what the subscription's bus has archived, once more and marked, to this subscription only")
    .addOption(
      new Option("--from <time>", "the first moment, ISO 8601").argParser(moment("--from")).makeOptionMandatory(),
    )
    .addOption(
      new Option("--to <time>", "the moment after the last, ISO 8601 (default: now)").argParser(moment("--to")),
    )
    .option("--name <text>", "what handlers see as the event's `replay` (default: made of the present time)")
    .action(async (stack: string, subscription: string, options: { from: Date; to?: Date; name?: string }) => {
      const { replay } = require("./replay") as typeof import("./replay");
      const { from, to = new Date(), name = `replay-${new Date().toISOString().replace(/\W/g, "-")}` } = options;
      print(await replay(readStack(findProject(), stack), subscription, { from, to, name }));
    });

  program
    .command("catalog")
    .description("write docs/: the catalog and the support matrix, from the plans of all stacks")
    .action(async () => {
      const { writeCatalog } = require("./catalog") as typeof import("./catalog");
      print((await writeCatalog(findProject())).map((name) => `docs/${name}`).join("\n"));
    });

  return program;
}

interface CheckFlags {
  readonly format: ReportFormat;
  readonly output: Output[];
  readonly pack: string[];
  readonly enable: string[];
  readonly policyConfig?: string;
  readonly dataClass?: DataClass;
  readonly exemptions?: string;
  readonly baseline?: string;
  readonly failOn?: Severity;
  readonly maxUndetermined?: number;
  readonly framework: string[];
  readonly preview?: string;
  readonly allowReplace: string[];
  readonly config: string[];
}

function checkCommand(program: Command): void {
  const several = (flags: string, description: string, absent: string) =>
    new Option(flags, `${description}; may be repeated`).argParser(collect).default([], absent);
  program
    .command("check")
    .description("judge a stack, or the preview of any Pulumi program, by the policy packs")
    .argument("[stack]")
    .addOption(new Option("--format <format>", "how to print it").choices(checkFormats).default("text"))
    .addOption(
      new Option(
        "--output <format=file>",
        "write a report into a file too, such as sarif=findings.sarif; may be repeated",
      )
        .argParser((text: string, before: Output[]) => [...before, outputOf(text)])
        .default([], "none"),
    )
    .addOption(several("--pack <name>", "only this pack", "all"))
    .addOption(several("--enable <control>", "switch on a control that is off by default, such as NET-01", "none"))
    .addOption(
      new Option("--data-class <class>", "judge as data of this class (default: what the stack says)").choices([
        "internal",
        "confidential",
        "regulated",
      ]),
    )
    .option("--policy-config <file>", "levels and settings of controls, as `pulumi --policy-pack-config` takes them")
    .option("--exemptions <file>", "the ledger of exemptions (default: policies/exemptions.yaml, if there is one)")
    .option("--baseline <file>", "an earlier report (--format json): what fails there in the same words fails nothing")
    .addOption(
      new Option(
        "--fail-on <severity>",
        "the lowest severity that fails; weaker findings are advisory (default: low)",
      ).choices(["low", "medium", "high", "critical"]),
    )
    .addOption(
      new Option(
        "--max-undetermined <count>",
        "fail when more verdicts are undetermined (default: any number)",
      ).argParser(whole(0, 1_000_000)),
    )
    .addOption(several("--framework <name>", "evidence for this framework, with --format html", "all"))
    .option("--preview <file>", "judge what `pulumi preview --json --show-sames` printed; - reads standard input")
    .addOption(
      several("--allow-replace <resource>", "with --preview: it may be replaced although its data are lost", "none"),
    )
    .addOption(configOption())
    .addHelpText(
      "after",
      "\nExit code: 0 all is well, 1 a control or the check itself fails, 2 the call, the stack or its code is wrong.",
    )
    .action(async (stack: string | undefined, flags: CheckFlags) => {
      const { checkPreview, checkStack } = require("./check") as typeof import("./check");
      const { pack, framework, preview, config, ...rest } = flags;
      const options = { ...rest, packs: pack, frameworks: framework };
      if ((stack === undefined) === (preview === undefined))
        throw new UsageError("check needs a stack or a preview", "check <stack>, or check --preview <file>");
      if (preview !== undefined && config.length > 0)
        throw new UsageError(
          "--config is for stacks that are planned here",
          "configure the program, and preview it again",
        );
      if (preview === undefined && flags.allowReplace.length > 0)
        throw new UsageError("--allow-replace needs --preview", "a plan starts from nothing, so it replaces nothing");
      if (framework.length > 0 && flags.format !== "html" && !flags.output.some(({ format }) => format === "html"))
        throw new UsageError("--framework is of the evidence report", "add --format html");
      const report =
        preview !== undefined
          ? await checkPreview(preview, options)
          : await checkStack(readStack(findProject(), stack ?? "", config), options);
      for (const { file, text } of report.files) write(file, text);
      print(report.text);
      process.exitCode = report.passed ? exit.fine : exit.found;
    });
}

function outputOf(text: string): Output {
  const [, name, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = checkFormats.find((one) => one === name);
  if (format && file) return { format, file };
  throw new InvalidArgumentError(`It must be <format>=<file>, with a format of ${checkFormats.join(", ")}.`);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new UsageError(`${file} cannot be written${code}`, "name a file in a folder that is there");
  }
}

interface Shown {
  readonly payload?: boolean;
  readonly json?: boolean;
}

function deadLetterCommands(program: Command): void {
  const dlq = program
    .command("dlq")
    .description("dead letters of whatever has a queue, on any cloud, such as: dlq list orders-local fulfil");
  const box = async (stack: string, component: string) => {
    const commands = require("./dlq") as typeof import("./dlq");
    return { commands, box: await commands.open(readStack(findProject(), stack), component) };
  };
  const where = () =>
    new Option("--where <field=value>", "only those: a field of the body, error, attempts or key; may be repeated")
      .argParser(collect)
      .default([], "all");
  const payload = ["--payload", "show message bodies too"] as const;
  const json = ["--json", "print JSON"] as const;
  dlq
    .command("list <stack> <component>")
    .description("oldest first, as far as the cloud keeps order")
    .option(...payload)
    .option(...json)
    .addOption(where())
    .addOption(new Option("--limit <count>", "show no more").argParser(positive("--limit")).default(100))
    .action(async (stack: string, component: string, options: Shown & { where: string[]; limit: number }) => {
      const opened = await box(stack, component);
      print(await opened.commands.list(opened.box, { payload: false, json: false, ...options }));
    });
  dlq
    .command("show <stack> <component> <id>")
    .description("one of them, with its cause")
    .option(...payload)
    .option(...json)
    .action(async (stack: string, component: string, id: string, options: Shown) => {
      const opened = await box(stack, component);
      print(await opened.commands.show(opened.box, id, { payload: false, json: false, ...options }));
    });
  dlq
    .command("redrive <stack> <component> [ids...]")
    .description("send back the named ones, or all")
    .addOption(where())
    .addOption(
      new Option("--rate <per second>", "default 10 on clouds, unlimited on local").argParser(positive("--rate")),
    )
    .action(
      async (stack: string, component: string, ids: string[], { where, rate }: { where: string[]; rate?: number }) => {
        const opened = await box(stack, component);
        let stopped = false;
        process.once("SIGINT", () => {
          stopped = true;
        });
        const progress = (done: number, of: number) => {
          if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of}${done === of ? "\n" : ""}`);
        };
        print(await opened.commands.redrive(opened.box, { ids, where }, { rate, stopped: () => stopped, progress }));
        if (stopped) process.exitCode = exit.found;
      },
    );
  dlq
    .command("purge <stack> <component> [ids...]")
    .description("delete the named ones, or all, for good; asks for the component's name")
    .addOption(where())
    .option("--confirm <component>", "the component's name, where nobody can be asked")
    .action(async (stack: string, component: string, ids: string[], options: { where: string[]; confirm?: string }) => {
      const opened = await box(stack, component);
      print(await opened.commands.purge(opened.box, { ids, where: options.where }, options.confirm));
    });
}

/** A moment, with its zone. */
function moment(option: string): (text: string) => Date {
  return (text) => {
    const value = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:?\d{2}))?$/.test(text) ? new Date(text) : undefined;
    if (!value || Number.isNaN(value.getTime()))
      throw new InvalidArgumentError(`${option} must be a time such as 2026-01-31T12:00:00Z, or a date.`);
    return value;
  };
}

/** A number above 0. */
function positive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0)) throw new InvalidArgumentError(`${option} must be a number above 0.`);
    return value;
  };
}

function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** A reader that has seen enough, such as `head`, is no failure; a disk that is full is one. */
function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return;
  process.stderr.write(`The output cannot be written (${error.code ?? error.name}).\n`);
  process.exitCode = exit.wrong;
}

/** What a user can act on, without a stack trace; everything else is a defect of this program and shows one. */
function explain(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BlueprintError || cause instanceof UsageError) return cause.message;
  }
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ResourceFailure || error instanceof LocalCloudError) return error.message;
  return error.stack ?? error.message;
}

export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on("error", onWriteError);
  try {
    await commandLine().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its own sentence.
      process.exitCode = error.exitCode === 0 ? exit.fine : exit.wrong;
      return;
    }
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exit.wrong;
  }
}

if (require.main === module) void main(process.argv);
