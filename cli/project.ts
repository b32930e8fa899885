/** Finds a Pulumi project and its stacks, and makes of them what a run needs: without the Pulumi CLI. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Program, RunOptions } from "./engine/types";
import { UsageError } from "./failure";

export interface Project {
  readonly name: string;
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  /** The program's entry, a file. */
  readonly main: string;
  readonly stackFolder: string;
}

export interface Stack {
  readonly project: Project;
  readonly name: string;
  /** Relative to the project. */
  readonly file: string;
  readonly config: Readonly<Record<string, string>>;
  /** Keys with `secure:` values: no key is at hand here, so the program gets a mark in their place. */
  readonly withheld: readonly string[];
}

/** The project of this folder or the nearest one above it. */
export function findProject(from = process.cwd()): Project {
  for (let root = resolve(from); ; root = dirname(root)) {
    const file = join(root, "Pulumi.yaml");
    if (existsSync(file)) return readProject(root, file);
    if (root === dirname(root))
      throw new UsageError(`there is no Pulumi.yaml in ${from} or above it`, "run this inside a Pulumi project");
  }
}

function readProject(root: string, file: string): Project {
  const yaml = readYaml(root, file);
  const { name, main = "index.ts", stackConfigDir = "." } = yaml;
  if (typeof name !== "string") throw new UsageError("Pulumi.yaml has no name", "give the project a name");
  const entry = [
    join(root, String(main)),
    join(root, String(main), "index.ts"),
    join(root, String(main), "index.js"),
  ].find((path) => /\.[cm]?[jt]s$/.test(path) && existsSync(path));
  if (!entry)
    throw new UsageError(
      `main in Pulumi.yaml names ${String(main)}, which is no file`,
      "name the program's entry file",
    );
  return { name, root, main: entry, stackFolder: join(root, String(stackConfigDir)) };
}

/** Names of the stacks that have a configuration file. */
export function stackNames(project: Project): string[] {
  const files = existsSync(project.stackFolder) ? readdirSync(project.stackFolder) : [];
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** @param overrides `key=value` as given to `--config`; a key without a namespace is the project's own. */
export function readStack(project: Project, name: string, overrides: readonly string[] = []): Stack {
  const path = join(project.stackFolder, `Pulumi.${name}.yaml`);
  if (!existsSync(path)) {
    throw new UsageError(
      `there is no stack ${JSON.stringify(name)}`,
      `choose one of ${stackNames(project).join(", ") || "none: create one first"}`,
    );
  }
  const { config = {} } = readYaml(project.root, path);
  if (typeof config !== "object" || config === null)
    throw new UsageError(`config in ${relative(project.root, path)} is no map`, "write key: value lines under config:");
  const values: Record<string, string> = {};
  const withheld: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    const full = key.includes(":") ? key : `${project.name}:${key}`;
    if (isSecure(value)) {
      values[full] = "[secret]";
      withheld.push(full);
    } else values[full] = typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  for (const override of overrides) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(override) ?? [];
    if (key === undefined || value === undefined)
      throw new UsageError(`--config ${override} has no value`, "write --config key=value");
    values[key.includes(":") ? key : `${project.name}:${key}`] = value;
  }
  return { project, name, file: relative(project.root, path), config: values, withheld };
}

export function runOptions(stack: Stack): RunOptions {
  const { project, name, config, withheld } = stack;
  return {
    project: project.name,
    stack: name,
    config: { ...config },
    secretKeys: withheld,
    rootDirectory: project.root,
  };
}

/**
 * The project's program. Its entry file is evaluated anew for each run, as `pulumi up` does; what it imports is kept.
 * As under Pulumi, what it exports are the stack's outputs, and an exported function or promise is awaited.
 */
export function programOf(project: Project): Program {
  return () => {
    if (project.main.endsWith("ts") && !require.extensions[".ts"]) {
      // A TypeScript program behind the compiled command line: transpiled as Pulumi itself would.
      (require("ts-node") as typeof import("ts-node")).register({ transpileOnly: true });
    }
    delete require.cache[require.resolve(project.main)];
    const exported: unknown = require(project.main);
    return typeof exported === "function" ? exported() : exported;
  };
}

function isSecure(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

function readYaml(root: string, path: string): Record<string, unknown> {
  const document = parseDocument(readFileSync(path, "utf8"));
  const [error] = document.errors;
  const where = relative(root, path) || path;
  if (error) {
    const line = error.linePos?.[0].line;
    throw new UsageError(
      `${where}${line ? `:${line}` : ""} is no valid YAML: ${error.message.split("\n")[0]?.replace(/ at line.*$/, "")}`,
      "correct the file",
    );
  }
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${where} is no map`, "correct the file");
  return value as Record<string, unknown>;
}
