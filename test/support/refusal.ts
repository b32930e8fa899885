import assert from "node:assert/strict";
import { BlueprintError, type Problem } from "../../components/core/errors";

/** What a run was refused with; fails when it was accepted, or refused by something else. */
export async function refusal(
  run: Promise<unknown>,
): Promise<{ readonly message: string; readonly problems: readonly Problem[] }> {
  const error = await run.then(
    () => assert.fail("it was accepted"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BlueprintError)) throw error;
  assert.equal(
    error.message.match(/^ {2}Way out: .+\.$/gm)?.length,
    error.problems.length,
    "every problem has a way out",
  );
  return error;
}
