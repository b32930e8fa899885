import type { Verdict } from "../model";
import { locationOf, type ReportContext, unknownText } from "./context";
import { partsOf, standing } from "./summary";

const columns = [
  "stack",
  "data class",
  "control",
  "title",
  "severity",
  "verdict",
  "resource",
  "type",
  "message",
  "file",
  "line",
  "exempted until",
  "owner",
  "reason",
  "ticket",
  "urn",
] as const;

/** RFC 4180, one line a verdict, passes included; problems of the check itself as lines without a control. */
export function csvReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, stackFile, dataClass, controls, problems = [] } = context;
  const lines = verdicts.map((one) => {
    const { control, urn, message, exemption } = one;
    const held = controls.find(({ id }) => id === control);
    const { type, name } = partsOf(urn);
    const { file, line } = locationOf(urn, context);
    const { expires = "", owner = "", reason = "", ticket = "" } = exemption ?? {};
    return [
      stack,
      dataClass,
      control,
      held?.title ?? "",
      held?.severity ?? "",
      standing(one),
      name,
      type,
      message,
      file,
      String(line),
      expires,
      owner,
      reason,
      ticket,
      urn,
    ];
  });
  const unknown = unknownText(context);
  const loose = [
    ...problems.map(({ message, code = "", urn = "" }) => {
      const { type, name } = partsOf(urn);
      const { file, line } = locationOf(urn, context);
      return [stack, dataClass, code, "", "", "fail", name, type, message, file, String(line), "", "", "", "", urn];
    }),
    ...(unknown === undefined ? [] : [[stack, dataClass, "", "", "", "undetermined", "", "", unknown, stackFile, "1"]]),
  ];
  const width = columns.length;
  const padded = loose.map((cells) => [...cells, ...Array<string>(width - cells.length).fill("")]);
  return [columns, ...lines, ...padded].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would run as a formula is kept from it by an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
