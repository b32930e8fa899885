import assert from "node:assert/strict";
import { controls, evaluate, render, type Verdict, viewOf } from "../../policies";
import { awsStack } from "./support/aws";
import { unknown } from "./support/stack";

const stack = awsStack().set("queue", { kmsMasterKeyId: undefined }).set("topic", { kmsMasterKeyId: unknown });
const verdicts = evaluate(controls, viewOf(stack.resources("deployed")));
const context = { stack: "orders-aws", stackFile: "stacks/Pulumi.orders-aws.yaml", controls };
const of = (outcome: string) => verdicts.filter(({ verdict }) => verdict === outcome);

describe("reports", () => {
  it("text: failures with their way out, by control, without colour unless asked", () => {
    const text = render(verdicts, "text", context);
    assert.match(
      text,
      /ENC-01 {2}Queues.*\n {2}FAIL queue \(aws:sqs\/queue:Queue\): no customer-managed key.*\n.*topic.*known after deployment/,
    );
    assert.match(text, new RegExp(`1 failed, 1 undetermined, ${of("pass").length} passed\n$`));
    assert.ok(!text.includes("\u001b"));
    assert.ok(render(verdicts, "text", { ...context, colour: true }).includes("\u001b[31m"));
  });

  it("JSON: every verdict, and the controls they are held against", () => {
    const report = JSON.parse(render(verdicts, "json", context));
    assert.deepEqual(report.verdicts, verdicts);
    assert.deepEqual(report.summary, { pass: of("pass").length, fail: 1, undetermined: 1 });
    assert.equal(report.controls.length, controls.length);
  });

  it("SARIF 2.1.0: rules, results, locations and fingerprints as the standard has them", () => {
    const log = JSON.parse(render(verdicts, "sarif", context));
    assert.equal(log.version, "2.1.0");
    const [run] = log.runs;
    assert.deepEqual(
      run.results.map(({ ruleId, kind, level }: Record<string, string>) => [ruleId, kind, level]),
      [
        ["ENC-01", "open", "none"],
        ["ENC-01", "fail", "error"],
      ],
    );
    for (const result of run.results) {
      assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
      const [{ physicalLocation, logicalLocations }] = result.locations;
      assert.equal(physicalLocation.artifactLocation.uri, context.stackFile);
      assert.ok(physicalLocation.region.startLine >= 1);
      assert.match(logicalLocations[0].fullyQualifiedName, /^urn:pulumi:/);
      assert.match(result.partialFingerprints["controlAndResource/v1"], /^[0-9a-f]{64}$/);
    }
    for (const rule of run.tool.driver.rules) {
      assert.match(rule.name, /^[A-Z][A-Za-z0-9]+$/);
      assert.ok(rule.shortDescription.text && rule.fullDescription.text && rule.help.text);
    }
  });

  it("SARIF fingerprints stay when only the message changes, and differ by resource", () => {
    const prints = (all: readonly Verdict[]) =>
      JSON.parse(render(all, "sarif", context)).runs[0].results.map(
        (one: { partialFingerprints: object }) => Object.values(one.partialFingerprints)[0],
      );
    assert.deepEqual(prints(verdicts.map((one) => ({ ...one, message: "other" }))), prints(verdicts));
    assert.equal(new Set(prints(verdicts)).size, 2);
  });

  it("JUnit: counts agree with cases, and any text is carried", () => {
    const nasty: Verdict = {
      control: "ENC-01",
      urn: "urn:pulumi:a::b::c:d:E::<\"&'\u0000\ud800\n>",
      verdict: "fail",
      message: "]]> <b> & \u0007",
    };
    const xml = render([...verdicts, nasty], "junit", context);
    assert.match(
      xml,
      new RegExp(`<testsuites name="orders-aws" tests="${verdicts.length + 1}" failures="2" errors="0" skipped="1"`),
    );
    assert.equal(xml.match(/<testcase /g)?.length, verdicts.length + 1);
    assert.equal(xml.match(/<failure /g)?.length, 2);
    assert.equal(xml.match(/<skipped /g)?.length, 1);
    assert.ok(![..."\0\u0007\ud800"].some((one) => xml.includes(one)));
    assert.match(xml, /&lt;&quot;&amp;&apos;\?\?&#10;&gt;/);
  });
});
