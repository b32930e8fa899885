/** EventBridge replays by itself, to the one rule, and marks events with the replay's name. */
import { sdk } from "../deployed/aws";
import { UsageError } from "../failure";
import type { Listener, Replay } from ".";

/** What EventBridge takes as a replay's name. */
const nameShape = /^[\w.-]{1,64}$/;

export async function replayAws(listener: Listener, { name, from, to }: Replay): Promise<string> {
  if (!nameShape.test(name))
    throw new UsageError(
      `--name ${name} is no name of a replay`,
      "use up to 64 letters, digits, dots, dashes and underscores",
    );
  const { subscription, bus, busAddress, resource } = listener;
  const archive = arnOf(resource("aws:cloudwatch/eventArchive:EventArchive", bus), `the archive of bus "${bus}"`);
  const rule = arnOf(resource("aws:cloudwatch/eventRule:EventRule", subscription), `the rule of "${subscription}"`);
  const events = sdk<typeof import("@aws-sdk/client-eventbridge")>("@aws-sdk/client-eventbridge", "replaying events");
  const region = archive.split(":")[3];
  const client = new events.EventBridgeClient(region ? { region } : {});
  await client.send(
    new events.StartReplayCommand({
      ReplayName: name,
      EventSourceArn: archive,
      EventStartTime: from,
      EventEndTime: to,
      Destination: { Arn: busAddress, FilterArns: [rule] },
    }),
  );
  return `Replay ${name} is under way: aws events describe-replay --replay-name ${name}${region ? ` --region ${region}` : ""}`;
}

function arnOf(outputs: Readonly<Record<string, unknown>> | undefined, what: string): string {
  if (typeof outputs?.arn === "string") return outputs.arn;
  throw new UsageError(`the stack's state does not know ${what}`, "deploy it first: pulumi up");
}
