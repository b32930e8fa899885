import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudNames } from "../../components/core/clouds";
import { type LimitRow, rangeText } from "../../components/core/limits";
import { bucketLimits } from "../../components/limits/bucket";
import { deliveryLimits } from "../../components/limits/delivery";
import { eventBusLimits } from "../../components/limits/event-bus";
import { httpApiLimits } from "../../components/limits/http-api";
import { queueWorkerLimits } from "../../components/limits/queue-worker";
import { streamLimits, streamProcessorLimits, tableTriggerLimits } from "../../components/limits/stream";
import { tableLimits } from "../../components/limits/table";
import type { Project } from "../project";
import type { Asked, FeatureAnswer, KindAnswers } from "./answers";
import { document, mark, markdown, note } from "./markdown";
import { inUse } from "./use";

const limits: Readonly<Record<string, readonly LimitRow[]>> = {
  Bucket: bucketLimits,
  EventBus: eventBusLimits,
  HttpApi: httpApiLimits,
  ObjectTrigger: deliveryLimits,
  QueueWorker: queueWorkerLimits,
  Schedule: deliveryLimits,
  Stream: streamLimits,
  StreamProcessor: streamProcessorLimits,
  Subscription: deliveryLimits,
  Table: tableLimits,
  TableTrigger: tableTriggerLimits,
};
export function page(project: Project, kind: string, { properties, made }: KindAnswers, asked: Asked): string {
  const rows = [...properties].map(([property, clouds]) => [
    `\`${property}\``,
    ...cloudNames.map((cloud) => clouds.get(cloud)).map((row) => (row ? `${row.given}: ${row.why}` : "")),
  ]);
  const parts = [
    `# ${kind}`,
    note,
    summary(project, kind),
    ...inUse(project, kind),
    "What each cloud gives, as the blueprints ask for it:",
    markdown([["property", ...cloudNames], ...rows]),
  ];
  const own = [...asked].filter(([feature]) => feature.kind === kind);
  if (own.length > 0) {
    const answers = own.map(([feature, clouds]) => [
      feature.asked,
      ...cloudNames.map((cloud) => told(clouds.get(cloud))),
    ]);
    parts.push("What else can be asked for:", markdown([["asked for", ...cloudNames], ...answers]));
  }
  const rowsOfLimits = limits[kind];
  if (rowsOfLimits)
    parts.push(
      "What each cloud accepts, and what all of them do:",
      markdown([["option", ...cloudNames, "portable"], ...ranges(rowsOfLimits)]),
    );
  const parted = [...made].map(([cloud, types]) => [cloud, [...types].map(counted).join(", ")]);
  parts.push(
    "What one is made of, the foundation that it shares not counted:",
    markdown([["cloud", "resources"], ...parted]),
  );
  return document(parts);
}

function told(answer: FeatureAnswer | undefined): string {
  if (!answer) return "";
  if ("refused" in answer) return `refused: ${answer.refused} (${answer.code})`;
  return `${mark(answer.row)}: ${answer.row.given}; ${answer.row.why}`;
}

function ranges(rows: readonly LimitRow[]): string[][] {
  return [...new Set(rows.map(({ property }) => property))].map((property) => {
    const of = rows.filter((row) => row.property === property);
    const cell = (some: readonly LimitRow[]) => (some.length > 0 ? rangeText(some) : "—");
    const everywhere = cloudNames.every((cloud) => cloud === "local" || of.some((row) => row.cloud === cloud));
    return [
      `\`${property}\``,
      ...cloudNames.map((cloud) => cell(of.filter((row) => row.cloud === cloud))),
      everywhere ? cell(of.filter(({ cloud }) => cloud !== "local")) : "not on all clouds",
    ];
  });
}

/** `sqs.Queue ×2` of the token `aws:sqs/queue:Queue`. */
function counted([token, count]: readonly [string, number]): string {
  const [, module = "", name = ""] = token.split(":");
  const service = module.split("/")[0];
  return `\`${service === "index" ? name : `${service}.${name}`}\`${count > 1 ? ` ×${count}` : ""}`;
}

export const fileOf = (kind: string) => kind.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();

/** The pattern's own docstring, from its neutral file. */
export function summary(project: Project, kind: string): string {
  const text = readFileSync(join(project.root, "components", `${fileOf(kind)}.ts`), "utf8");
  const [, comment = ""] = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export class ${kind}\\b`).exec(text) ?? [];
  return comment
    .replace(/^\s*\* ?/gm, "")
    .trim()
    .replace(/\s+/g, " ");
}
