import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { controls, type Ledger, LedgerError, type Problem, readLedger } from "../../policies";
import { UsageError } from "../failure";
import { readGiven } from "./files";

const usualLedger = "policies/exemptions.yaml";

/** The ledger that is named, else the folder's own, where there is one. */
export function ledgerOf(named: string | undefined, folder: string): Ledger | undefined {
  const path = join(folder, usualLedger);
  if (named === undefined && !existsSync(path)) return undefined;
  const file = named ?? path;
  const text = readGiven(file, "name the ledger of exemptions");
  try {
    return readLedger(text, relative(folder, file) || file, controls);
  } catch (error) {
    if (error instanceof LedgerError) throw new UsageError(error.message, "correct the ledger of exemptions");
    throw error;
  }
}

/** An entry for a stack that the project does not have would never be told to be unused. */
export function strayStacks(ledger: Ledger | undefined, names: readonly string[]): Problem[] {
  const stray = (ledger?.entries ?? []).flatMap(({ line, stacks }) =>
    stacks.filter((stack) => !names.includes(stack)).map((stack) => ({ line, stack })),
  );
  return stray.map(({ line, stack }) => ({
    message: `${ledger?.file}:${line}: the project has no stack ${JSON.stringify(stack)}`,
  }));
}
