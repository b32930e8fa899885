/** What a handler imports: types, and the errors its clients throw. Nothing here knows a cloud. */
export {
  Conflict,
  MessageTooLarge,
  NotGranted,
  type Page,
  type QueueSender,
  type SecretReader,
  type TableKey,
  type TableReader,
  type TableReadWriter,
} from "./clients";
export type {
  Context,
  HttpHandler,
  HttpRequest,
  HttpResponse,
  Identity,
  Log,
  Message,
  PartialFailure,
  QueueHandler,
} from "./handler";
