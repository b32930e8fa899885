/** `npm run contracts`: what a stack's services say to each other, and whether a change of it breaks anybody. */
import { readFileSync } from "node:fs";
import { plan } from "../engine";
import { UsageError } from "../failure";
import { programOf, runOptions, type Stack } from "../project";
import { compare } from "./compare";
import { type AsyncApi, asyncApi } from "./document";

export { asyncApi } from "./document";

export async function contractsOf(stack: Stack): Promise<AsyncApi> {
  const result = await plan(programOf(stack.project), runOptions(stack));
  return asyncApi(stack.config["serverless-blueprints:blueprint"] ?? stack.name, result.resources);
}

export interface ContractReport {
  readonly text: string;
  readonly compatible: boolean;
}

/** Holds the stack's contracts against a document that was written earlier. */
export async function checkContracts(stack: Stack, file: string): Promise<ContractReport> {
  const before = readDocument(file);
  const changes = compare(before, await contractsOf(stack));
  const breaking = changes.filter((change) => change.breaking);
  const lines = changes.map(
    ({ message, breaking, reason }) => `${breaking ? "breaks " : "fine   "} ${message}: ${reason}`,
  );
  const wayOut =
    "Way out: keep the old version beside a new one (….v2), publish both until nobody reads the old one, and let its messages run out.";
  const verdict = `${breaking.length} breaking, ${changes.length - breaking.length} compatible changes`;
  return {
    text: [...lines, ...(breaking.length > 0 ? [wayOut] : []), verdict].join("\n"),
    compatible: breaking.length === 0,
  };
}

function readDocument(file: string): AsyncApi {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`the document ${file} cannot be read`, "give the file that npm run contracts -- show wrote");
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON`, "give the file that npm run contracts -- show wrote");
  }
  const document = found as Partial<AsyncApi> | null;
  if (document?.asyncapi !== "3.0.0" || !document.components?.messages || !document.channels || !document.operations)
    throw new UsageError(
      `${file} is no AsyncAPI 3.0.0 document with messages`,
      "give the file that npm run contracts -- show wrote",
    );
  return document as AsyncApi;
}
