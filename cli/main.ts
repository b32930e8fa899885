#!/usr/bin/env node
/** The command line: thin; each command calls one function of the folders beside it. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { BlueprintError } from "../components/core/errors";
import { formats } from "./check";
import { UsageError } from "./failure";
import { findProject, readStack } from "./project";

/** 0: all is well. 1: the stack fails its policies, or its books do not balance. 2: the call, the stack or its code is wrong. */
const exit = { fine: 0, found: 1, wrong: 2 } as const;

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
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
        const { start } = await import("./start");
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
      const { planStack, planText } = await import("./plan");
      const report = await planStack(readStack(findProject(), stack, options.config));
      print(options.format === "json" ? JSON.stringify(report, undefined, 2) : planText(report));
    });

  program
    .command("check")
    .description("judge a stack by the policy packs; exits 1 when a control fails")
    .argument("<stack>")
    .addOption(new Option("--format <format>", "how to print it").choices(formats).default("text"))
    .addOption(new Option("--pack <name>", "only this pack; may be repeated").argParser(collect).default([], "all"))
    .addOption(configOption())
    .action(async (stack: string, options: { format: (typeof formats)[number]; pack: string[]; config: string[] }) => {
      const { checkStack } = await import("./check");
      const report = await checkStack(readStack(findProject(), stack, options.config), options.format, options.pack);
      print(report.text);
      process.exitCode = report.passed ? exit.fine : exit.found;
    });

  return program;
}

function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** What a user can act on, without a stack trace; everything else is a defect of this program and shows one. */
function explain(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BlueprintError || cause instanceof UsageError) return cause.message;
  }
  if (!(error instanceof Error)) return String(error);
  if (error.name === "ResourceFailure" || error.name === "LocalCloudError") return error.message;
  return error.stack ?? error.message;
}

export async function main(argv: readonly string[]): Promise<void> {
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
