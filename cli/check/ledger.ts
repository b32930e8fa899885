import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { controls, type Ledger, LedgerError, readLedger } from "../../policies";
import { UsageError } from "../failure";

const usualLedger = "policies/exemptions.yaml";

/** The ledger that is named, else the folder's own, where there is one. */
export function ledgerOf(named: string | undefined, folder: string): Ledger | undefined {
  const path = join(folder, usualLedger);
  if (named === undefined && !existsSync(path)) return undefined;
  const file = named ?? path;
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`, "name the ledger of exemptions");
  try {
    return readLedger(readFileSync(file, "utf8"), relative(folder, file) || file, controls);
  } catch (error) {
    if (error instanceof LedgerError) throw new UsageError(error.message, "correct the ledger of exemptions");
    throw error;
  }
}
