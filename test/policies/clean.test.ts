import assert from "node:assert/strict";
import { type Cloud, controls } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { judge, told } from "./support/judge";
import { modes, type Stack } from "./support/stack";

describe("a compliant stack", () => {
  for (const [cloud, make] of Object.entries({ aws: awsStack, azure: azureStack, gcp: gcpStack }) as [
    Cloud,
    () => Stack,
  ][]) {
    for (const mode of modes) {
      it(`passes every control on ${cloud}, ${mode}, and nothing stays undetermined`, () => {
        const verdicts = judge(make(), mode, "regulated");
        assert.deepEqual(
          verdicts.filter(({ verdict }) => verdict !== "pass"),
          [],
        );
        const held = new Set(told(verdicts, "pass").map((one) => one.split(" ")[0]));
        assert.deepEqual(
          [...held].sort(),
          controls
            .filter(({ optIn, clouds }) => optIn === undefined && !("notApplicable" in clouds[cloud]))
            .map(({ id }) => id)
            .sort(),
          "every control found something to judge",
        );
      });
    }
  }
});
