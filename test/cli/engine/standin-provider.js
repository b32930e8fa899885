// A provider for the comparison with the CLI: takes what it is given, and in a preview knows no outputs but those.
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const provider = require("@pulumi/pulumi/proto/provider_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");

function answer(Message, fill = () => undefined) {
  return (call, done) => {
    const message = new Message();
    fill(message, call.request);
    done(null, message);
  };
}

const echo = answer(provider.CheckResponse, (response, request) => response.setInputs(request.getNews()));

const methods = {
  handshake: answer(provider.ProviderHandshakeResponse, (response) => {
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
  }),
  getPluginInfo: answer(PluginInfo, (info) => info.setVersion("1.0.0")),
  configure: answer(provider.ConfigureResponse, (response) => {
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setSupportspreview(true);
  }),
  checkConfig: echo,
  diffConfig: answer(provider.DiffResponse),
  check: echo,
  create: answer(provider.CreateResponse, (response, request) => response.setProperties(request.getProperties())),
  cancel: answer(Empty),
};

const refuse = (_call, done) => done({ code: grpc.status.UNIMPLEMENTED, details: "not in this comparison" });
const service = Object.fromEntries(
  Object.keys(ResourceProviderService).map((method) => [method, methods[method] ?? refuse]),
);

const server = new grpc.Server();
server.addService(ResourceProviderService, service);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
