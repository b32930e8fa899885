/** A provider of any package for the Pulumi engine: accepts every type, keeps what it is given, deploys nothing. */
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** What real providers compute, so that in a preview it is unknown also where the program set nothing. */
const computed = ["kmsMasterKeyId", "sqsManagedSseEnabled", "retentionInDays", "arn"];
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Done = (error: Partial<grpc.ServiceError> | null, response?: unknown) => void;
const answer =
  <Request>(make: (request: Request) => unknown) =>
  ({ request }: { request: Request }, done: Done) =>
    done(null, make(request));
const unimplemented = (_: unknown, done: Done) => done({ code: grpc.status.UNIMPLEMENTED, message: "not offered" });

const checked = (request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews());

const handlers = {
  handshake: unimplemented,
  parameterize: unimplemented,
  getPluginInfo: answer(() => new PluginInfo().setVersion("1.0.0")),
  checkConfig: answer(checked),
  diffConfig: answer(() => new proto.DiffResponse()),
  configure: answer(() => new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
  check: answer(checked),
  diff: answer(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
  create: answer((request: proto.CreateRequest) => {
    const inputs = request.getProperties()?.toJavaScript() ?? {};
    const outputs = Object.fromEntries(computed.map((key) => [key, request.getPreview() ? unknown : null]));
    return new proto.CreateResponse()
      .setId(request.getPreview() ? "" : request.getName())
      .setProperties(Struct.fromJavaScript({ ...outputs, ...(inputs as Record<string, string>) }));
  }),
  delete: answer(() => new Empty()),
  cancel: answer(() => new Empty()),
};

const server = new grpc.Server();
server.addService(
  ResourceProviderService as unknown as grpc.ServiceDefinition,
  handlers as unknown as grpc.UntypedServiceImplementation,
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
