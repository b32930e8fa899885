import type { Control, DataClass } from "../model";

/** Who reports, in every format that has a place for it. */
export const tool = { name: "serverless-blueprints", version: "0.1.0" };

export interface SourceLocation {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What fails the check beside verdicts: an exemption that holds no longer, too much undetermined, data that would be lost. */
export interface Problem {
  readonly message: string;
  /** Of what is told of one resource, and has a code of its own: SB-C005. */
  readonly code?: string;
  readonly urn?: string;
}

export interface ReportContext {
  readonly stack: string;
  /** The stack's file, or the preview that was judged: where findings stand that no line of source makes. */
  readonly stackFile: string;
  /** What the stack's data were taken for. */
  readonly dataClass: DataClass;
  /** The controls that were chosen. */
  readonly controls: readonly Control[];
  /** By id, why a chosen control was held against nothing: switched off, or not demanded of such data. */
  readonly idle?: ReadonlyMap<string, string>;
  /** By URN, the line of the blueprint that makes the resource. */
  readonly locations?: ReadonlyMap<string, SourceLocation>;
  /** The project's folder within its repository, with forward slashes, for readers of SARIF. Default: the same folder. */
  readonly base?: string;
  readonly problems?: readonly Problem[];
  /** By package, how many resources of these clouds no control knows, such as those of `aws-native`. */
  readonly unknownTo?: ReadonlyMap<string, number>;
  /** Terminal colours, in text only. Default: false. */
  readonly colour?: boolean;
  /** The frameworks of the evidence report. Default: all. */
  readonly frameworks?: readonly string[];
  /** When the stack was judged. Default: now. */
  readonly now?: Date;
}

export function locationOf(urn: string, { locations, stackFile }: ReportContext): SourceLocation {
  return locations?.get(urn) ?? { file: stackFile, line: 1 };
}

/** What no control knows, as a sentence; undefined where there is nothing of it. */
export function unknownText({ unknownTo }: ReportContext): string | undefined {
  if (!unknownTo?.size) return undefined;
  const told = [...unknownTo].map(([name, count]) => `${count} of ${name}`).join(", ");
  return `Nobody has judged resources of other providers (${told}): controls know those of aws, azure-native and gcp.`;
}
