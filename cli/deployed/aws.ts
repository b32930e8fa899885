import { UsageError } from "../failure";

/** A client package of the AWS SDK, which is no dependency: only who reads a deployed stack on aws needs it. */
export function sdk<Package>(name: string, what: string): Package {
  try {
    return require(name) as Package;
  } catch {
    throw new UsageError(
      `${what} on aws goes through the package ${name}, which is not installed`,
      `npm install ${name}`,
    );
  }
}
