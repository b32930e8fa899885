/** Commands on a box, as the command line gives them. */
import type { DeadLetterBox } from "../../../cli/dlq";
import * as dlq from "../../../cli/dlq";

export const listed = async (box: DeadLetterBox, where: readonly string[] = [], limit = 100) =>
  JSON.parse((await dlq.list(box, { payload: true, json: true, where, limit })).replace(/^[^[].*$/, "[]")) as {
    readonly id: string;
    readonly body: string;
    readonly error: string;
    readonly attempts: number;
    readonly traceparent?: string;
    readonly key?: string;
  }[];

export const redriven = (
  box: DeadLetterBox,
  which: { readonly ids?: readonly string[]; readonly where?: readonly string[] } = {},
  pace: { readonly rate?: number; readonly stopAfter?: number } = {},
) => {
  let done = 0;
  return dlq.redrive(
    box,
    { ids: which.ids ?? [], where: which.where ?? [] },
    {
      rate: pace.rate ?? 1000,
      stopped: () => done >= (pace.stopAfter ?? Number.POSITIVE_INFINITY),
      progress: (count) => {
        done = count;
      },
    },
  );
};
