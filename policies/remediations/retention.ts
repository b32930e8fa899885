import type { Settings } from "../model";
import { minimumDays } from "../settings";
import type { Remediation } from "./remediation";

/** Days that CloudWatch takes. */
const offered = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const least = (settings: Settings) => minimumDays({ settings });
const kept = (days: unknown, settings: Settings) => typeof days === "number" && days >= least(settings);
const longest = 3653;

/** CloudWatch keeps logs for ever where nothing, or 0, is said: a number would delete what is there. */
const isForEver = (days: unknown) => days === undefined || days === null || days === 0;
/** Azure's shortest retention of a workspace that is paid for. */
const shortest = 30;

/** Logs are kept for longer, never for less long. */
export const retention: readonly Remediation[] = [
  {
    control: "AUD-04",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    path: "retentionInDays",
    isMet: (days, settings) => isForEver(days) || kept(days, settings) || least(settings) > longest,
    value: (settings) => offered.find((days) => days >= least(settings)) ?? longest,
  },
  {
    control: "AUD-04",
    types: ["azure-native:operationalinsights:Workspace"],
    path: "retentionInDays",
    // A workspace keeps 730 days at most; more is for its tables.
    isMet: (days, settings) => kept(days, settings) || least(settings) > 730,
    value: (settings) => Math.max(least(settings), shortest),
  },
  {
    control: "AUD-04",
    types: ["gcp:logging/projectBucketConfig:ProjectBucketConfig"],
    path: "retentionDays",
    isMet: (days, settings) => kept(days, settings) || least(settings) > 3650,
    value: least,
    unless: ({ locked }) => locked !== undefined && locked !== false,
  },
];
