import { execFile } from "node:child_process";

/**
 * Calls an exported function of a file in a fresh process and gives back what it resolves to, so that one side's
 * memory and compiled code are none of the other's.
 */
export function apart<Result>(file: string, name: string, ...args: readonly unknown[]): Promise<Result> {
  const call = `require(${JSON.stringify(file)})[${JSON.stringify(name)}](...${JSON.stringify(args)})`;
  const code = `Promise.resolve(${call}).then((result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)), (error) => { console.error(error); process.exit(1); });`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...process.execArgv, "-e", code], { maxBuffer: 2 ** 26 }, (error, out, errors) => {
      if (error) reject(new Error(`${file} ${name}: ${errors || error.message}`));
      else resolve(JSON.parse(out) as Result);
    });
  });
}
