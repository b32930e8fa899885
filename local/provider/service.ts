import { type handleUnaryCall, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  ConfigureResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  GetSchemaResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { findRunning } from "../address";
import { AdminClient } from "../admin-client";
import type { ResourceType } from "../resources";
import { check, create, diff, inputsOf, read, remove, typeOf, unsettled, update } from "./handlers";
import { fromWire, isUnknown, type Properties, toWire, unknown } from "./wire";

const version = "0.1.0";

/** `urn:pulumi:stack::project::parent$type::name` */
function typeIn(urn: string): ResourceType {
  return typeOf(urn.split("::")[2]?.split("$").at(-1) ?? "");
}

/** Looked for once a run: what was planned against one cloud is not applied to another. */
function connections() {
  let found: ReturnType<typeof findRunning> | undefined;
  const running = () => {
    found ??= findRunning();
    return found;
  };
  return {
    /** Undefined when no cloud runs. */
    bootId: async () => (await running())?.bootId,
    target: async () => {
      const address = await running();
      return address ? new AdminClient(address) : AdminClient.connect();
    },
  };
}

/** The provider's side of the engine's protocol. All it knows of resources is in `handlers`. */
export function implementation(): UntypedServiceImplementation {
  const { bootId, target } = connections();

  const methods: Record<string, (request: never) => unknown> = {
    handshake: () => new ProviderHandshakeResponse().setAcceptOutputs(true),
    configure: () => new ConfigureResponse().setSupportspreview(true).setAcceptoutputs(true),
    checkConfig: (request: CheckRequest) => new CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE),
    getPluginInfo: () => new PluginInfo().setVersion(version),
    getSchema: () => new GetSchemaResponse().setSchema(JSON.stringify({ name: "localcloud", version })),
    attach: () => new Empty(),
    cancel: () => new Empty(),

    check: (request: CheckRequest) => {
      const inputs = fromWire(request.getNews());
      const failures = check(typeIn(request.getUrn()), inputs, isUnknown);
      const list = failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));
      return new CheckResponse().setInputs(toWire(inputs)).setFailuresList(list);
    },

    diff: async (request: DiffRequest) => {
      const [type, outputs, inputs] = [
        typeIn(request.getUrn()),
        fromWire(request.getOlds()),
        fromWire(request.getNews()),
      ];
      const ignored = request.getIgnorechangesList();
      const found = diff(type, outputs, inputs, await bootId());
      const changes = found.changes.filter((name) => !ignored.includes(name));
      const replaces = found.replaces.filter((name) => !ignored.includes(name));
      const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
      const response = new DiffResponse()
        .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(changes)
        .setReplacesList(replaces)
        .setDeletebeforereplace(replaces.length > 0); // names are the resources' ids: the new one needs the old one's
      // Left to itself the engine shows changed inputs only, and a restarted cloud would be an update without a reason.
      if (changes.includes("bootId")) {
        response.setHasdetaileddiff(true);
        for (const name of changes) {
          const kind = replaces.includes(name) ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE;
          response.getDetaileddiffMap().set(name, new PropertyDiff().setKind(kind).setInputdiff(name !== "bootId"));
        }
      }
      return response;
    },

    create: async (request: CreateRequest) => {
      const [type, inputs] = [typeIn(request.getUrn()), fromWire(request.getProperties())];
      if (request.getPreview()) return new CreateResponse().setProperties(toWire(planned(type, inputs)));
      const { id, outputs } = await create(await target(), type, inputs);
      return new CreateResponse().setId(id).setProperties(toWire(outputs));
    },

    update: async (request: UpdateRequest) => {
      const [type, outputs, inputs] = [
        typeIn(request.getUrn()),
        fromWire(request.getOlds()),
        fromWire(request.getNews()),
      ];
      if (request.getPreview()) {
        const open = unsettled(type, outputs, inputs, await bootId());
        const kept = { bootId: outputs.bootId, ...(type === "Api" && { url: outputs.url }) };
        const properties = { ...inputs, ...kept, ...Object.fromEntries(open.map((name) => [name, unknown])) };
        return new UpdateResponse().setProperties(toWire(properties));
      }
      const state = await update(await target(), type, request.getId(), inputs);
      return new UpdateResponse().setProperties(toWire(state.outputs));
    },

    delete: async (request: DeleteRequest) => {
      const outputs = fromWire(request.getProperties());
      if (await isGone(outputs)) return new Empty();
      await remove(await target(), typeIn(request.getUrn()), request.getId(), outputs);
      return new Empty();
    },

    read: async (request: ReadRequest) => {
      const type = typeIn(request.getUrn());
      if (await isGone(fromWire(request.getProperties()))) return new ReadResponse();
      const state = await read(await target(), type, request.getId());
      if (!state) return new ReadResponse();
      const inputs = inputsOf(type, state.outputs);
      return new ReadResponse().setId(state.id).setProperties(toWire(state.outputs)).setInputs(toWire(inputs));
    },
  };

  /** Made in a cloud that has ended, in memory: gone with it, also when none runs now. */
  async function isGone({ bootId: madeIn }: Properties): Promise<boolean> {
    return madeIn !== undefined && madeIn !== (await bootId());
  }

  return Object.fromEntries(Object.keys(ResourceProviderService).map((name) => [name, served(name, methods[name])]));
}

function planned(type: ResourceType, inputs: Properties): Properties {
  return { ...inputs, bootId: unknown, ...(type === "Api" && { url: unknown }) };
}

function served(name: string, method: ((request: never) => unknown) | undefined): handleUnaryCall<unknown, unknown> {
  return async (call, done) => {
    if (!method) return done({ code: status.UNIMPLEMENTED, message: `the provider localcloud has no ${name}` });
    try {
      done(null, await method(call.request as never));
    } catch (error) {
      done({ code: status.UNKNOWN, message: error instanceof Error ? error.message : String(error) });
    }
  };
}
