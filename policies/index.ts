export { type ControlConfig, type Level, type PackConfig, PackConfigError, readConfig } from "./config";
export { asDataClass, dataClassOf } from "./data-class";
export { type EvaluateOptions, evaluate, idleBecause } from "./evaluate";
export { type ExemptOptions, exempt, isOpen, type Ledger, LedgerError, readLedger } from "./exemptions";
export { type Framework, frameworks } from "./frameworks";
export { unknownValue } from "./known";
export type {
  Cloud,
  Control,
  DataClass,
  Exemption,
  Frameworks,
  Outcome,
  ResourceView,
  Rule,
  Severity,
  StackView,
  Verdict,
} from "./model";
export { severities } from "./model";
export { controls, everyPack, type Pack, packs } from "./packs";
export {
  type Problem,
  type ReportContext,
  type ReportFormat,
  render,
  reportFormats,
  type SourceLocation,
} from "./reports";
export { standing } from "./reports/summary";
export { normalise as normaliseType } from "./types";
export { type ResourceInput, viewOf } from "./view";
