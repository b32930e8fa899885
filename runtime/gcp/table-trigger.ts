/**
 * A table trigger takes two kinds of calls. Eventarc tells of a change; its retries can be neither counted nor set, so
 * the change is put on the trigger's own queue as it is, whose messages are then handled like every queue's: counted,
 * with backoff, in the end a dead letter. Nothing is lost on the way: Eventarc repeats what was not put on the queue.
 */
import { causeOf, StartupError } from "../errors";
import { causeFields, createLog } from "../log";
import { createQueueWorker, parseJson } from "../queue-worker";
import type { Parts, TableTriggerSettings } from "../settings";
import { type AnyTableHandler, tableHandler } from "../table-trigger";
import { parseTraceparent } from "../trace";
import { readDocumentEvent, toChange } from "./document-event";
import { cloudLogging, type FrameworkRequest, headersOf, takeBodiesAsTheyCome } from "./http";
import { publish } from "./pubsub";
import { buried, expired, type HttpFunction, isHopeless, takePush } from "./worked";

export function tableTrigger(handler: AnyTableHandler, parts: Parts): HttpFunction {
  takeBodiesAsTheyCome();
  const { handler: each, source } = tableHandler(handler, ({ body }) => toChange(parseJson(body)));
  const { settings: given, run } = createQueueWorker(each, parts, { source, sink: cloudLogging });
  const settings = given as TableTriggerSettings;
  const { queue } = settings;
  if (queue === undefined) throw new StartupError(["SB_SETTINGS names no queue, so no change could be tried again"]);
  const worker = { settings, run, doomed: expired(settings), hopeless: isHopeless };
  return async (request, response) => {
    const isEvent = headersOf(request)["ce-type"] !== undefined;
    response.statusCode = await (isEvent ? queued(settings, queue, request) : takePush(worker, request));
    response.end();
  };
}

async function queued(settings: TableTriggerSettings, queue: string, request: FrameworkRequest): Promise<204 | 500> {
  const { "ce-id": id = "", traceparent, ...headers } = headersOf(request);
  const trace = parseTraceparent(traceparent);
  const attributes = { ...(trace && traceparent !== undefined && { traceparent }) };
  const body = request.rawBody ?? new Uint8Array();
  const about = { id, attempt: 1, attributes, ...(trace && traceparent !== undefined && { traceparent }) };
  try {
    const change = readDocumentEvent({ ...headers, "ce-id": id }, body);
    const delivery = { ...about, body: JSON.stringify(change), sentAt: new Date(change.at) };
    const cause = expired(settings)(delivery);
    if (cause === undefined) {
      await publish(queue, { body: delivery.body, attributes });
      return 204;
    }
    return (await buried(settings, { delivery, cause, attempts: 0, traceparent: traceparent ?? "" })) ? 204 : 500;
  } catch (error) {
    const cause = causeOf(error);
    const log = createLog(settings.component, trace?.traceId ?? "", cloudLogging);
    log.warn("change not queued", { messageId: id, ...causeFields(cause) });
    if (!isHopeless(cause)) return 500;
    // What cannot be read will not become readable: its bytes are kept as they came.
    const delivery = { ...about, body: Buffer.from(body).toString("base64"), sentAt: new Date() };
    return (await buried(settings, { delivery, cause, attempts: 1, traceparent: traceparent ?? "" })) ? 204 : 500;
  }
}
