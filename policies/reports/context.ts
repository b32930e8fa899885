import type { Control } from "../model";

export interface SourceLocation {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface ReportContext {
  readonly stack: string;
  /** The stack's file, or the preview that was judged: where findings stand that no line of source makes. */
  readonly stackFile: string;
  /** The controls that were held against the stack. */
  readonly controls: readonly Control[];
  /** By URN, the line of the blueprint that makes the resource. */
  readonly locations?: ReadonlyMap<string, SourceLocation>;
  /** What fails the check beside verdicts: exemptions that hold no longer, too much undetermined, data that would be lost. */
  readonly problems?: readonly string[];
  /** Terminal colours, in text only. Default: false. */
  readonly colour?: boolean;
  /** The frameworks of the evidence report. Default: all. */
  readonly frameworks?: readonly string[];
  /** When the stack was judged, in the evidence report. Default: now. */
  readonly now?: Date;
}

export function locationOf(urn: string, { locations, stackFile }: ReportContext): SourceLocation {
  return locations?.get(urn) ?? { file: stackFile, line: 1 };
}
