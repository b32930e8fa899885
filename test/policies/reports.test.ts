import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { controls, evaluate, frameworks, type ReportContext, render, type Verdict, viewOf } from "../../policies";
import { coverage } from "../../policies/frameworks";
import { tool } from "../../policies/reports/context";
import { awsStack } from "./support/aws";
import { unknown } from "./support/stack";

const exemption = {
  owner: "orders@example.com",
  reason: "a key is on its way",
  ticket: "SEC-7",
  expires: "2027-01-31",
};
const stack = awsStack().set("queue", { kmsMasterKeyId: undefined }).set("topic", { kmsMasterKeyId: unknown });
stack.add("aws:sqs/queue:Queue", "old", { redrivePolicy: unknown });
const verdicts = evaluate(controls, viewOf(stack.resources("deployed"))).map(
  (verdict): Verdict =>
    verdict.urn.endsWith("::old") && verdict.verdict !== "pass" ? { ...verdict, exemption } : verdict,
);
const queue = stack.urn("queue");
const context: ReportContext = {
  stack: "orders-aws",
  stackFile: "stacks/Pulumi.orders-aws.yaml",
  dataClass: "confidential",
  controls,
  locations: new Map([[queue, { file: "blueprints/orders/my index.ts", line: 21 }]]),
  problems: [{ message: "policies/exemptions.yaml:3: expired" }],
};
const lost = { code: "SB-C005", urn: queue, message: "SB-C005 queue would be replaced" };
const of = (outcome: string) => verdicts.filter(({ verdict, exemption: one }) => verdict === outcome && !one);
const exempted = verdicts.filter((one) => one.exemption);
/** Text that every format has to write as text. */
const nasty: Verdict = {
  control: "ENC-01",
  urn: "urn:pulumi:a::b::c:d:E::<\"&'\u0000\ud800\n>",
  verdict: "fail",
  message: '=1+2, "]]> <b> & \u0007',
};

describe("reports", () => {
  it("are made of every standing", () => {
    assert.equal(of("fail").length, 1);
    assert.equal(of("undetermined").length, 1);
    assert.ok(exempted.length >= 1 && of("pass").length > 20);
  });

  describe("text", () => {
    it("failures with their place and their way out, by control, without colour unless asked", () => {
      const text = render(verdicts, "text", context);
      const [, section = ""] = /(ENC-01 {2}[\s\S]*?)\n\n/.exec(text) ?? [];
      assert.match(
        section,
        /FAIL queue \(aws:sqs\/queue:Queue\): no customer-managed key.*\n +at blueprints\/orders\/my index\.ts:21\n +new aws\.sqs\.Queue\("queue", \{ …, kmsMasterKeyId: key\.arn \}\)\n/,
      );
      assert.match(section, / {2}\? {2}topic .*known after deployment/);
      assert.match(
        section,
        / ex {2}old .*\n +exempted until 2027-01-31 by orders@example\.com \(SEC-7\): a key is on its way/,
      );
      assert.match(text, /FAIL policies\/exemptions\.yaml:3: expired\n/);
      const total = `2 failed, 1 undetermined, ${exempted.length} exempted, ${of("pass").length} passed\n`;
      assert.ok(text.endsWith(total), text.slice(-80));
      assert.ok(!text.includes("\u001b"));
      assert.ok(render(verdicts, "text", { ...context, colour: true }).includes("\u001b[31m"));
    });

    it("the code is for what was found: a secret in plain text needs other code than a missing key", () => {
      const told = (changes: Record<string, unknown>) => {
        const view = viewOf(awsStack().set("front", changes).resources("deployed"));
        return render(evaluate(controls, view), "text", { ...context, problems: [] });
      };
      assert.match(
        told({ kmsKeyArn: undefined }),
        /FAIL front .*no customer-managed key.*\n +new aws\.lambda\.Function\("front", \{ …, kmsKeyArn: key\.arn \}\)\n/,
      );
      assert.match(
        told({ "environment.variables.DB_PASSWORD": "x9!" }),
        /FAIL front .*in plain text.*\n +new aws\.lambda\.Function\("front", \{ …, environment: \{ variables: \{ …, DB_PASSWORD: secret\.arn \} \} \}\)\n/,
      );
    });

    it("where nothing is wrong: no failure, no way out", () => {
      const text = render(of("pass"), "text", { ...context, problems: [] });
      assert.doesNotMatch(text, /FAIL|new aws/);
      assert.match(text, new RegExp(`\n0 failed, 0 undetermined, ${of("pass").length} passed\n$`));
    });
  });

  it("JSON: every verdict, and the controls they are held against", () => {
    const report = JSON.parse(render(verdicts, "json", { ...context, now: new Date(0) }));
    assert.deepEqual([report.tool, report.at, report.dataClass], [tool, "1970-01-01T00:00:00.000Z", "confidential"]);
    type Placed = Verdict & { file: string; line: number; code?: string[]; severity: string };
    assert.deepEqual(
      report.verdicts.map(({ file: _, line: __, code: ___, severity: ____, ...verdict }: Placed) => verdict),
      verdicts,
    );
    for (const { verdict, code } of report.verdicts) assert.equal(code !== undefined, verdict === "fail");
    const failed = report.verdicts.find(({ urn, verdict }: Verdict) => urn === queue && verdict === "fail");
    assert.deepEqual(failed.code, ['new aws.sqs.Queue("queue", { …, kmsMasterKeyId: key.arn })']);
    const { pass, ...others } = report.summary;
    assert.deepEqual(others, { fail: 1, advisory: 0, known: 0, undetermined: 1, exempted: exempted.length });
    for (const { severity } of report.verdicts) assert.match(severity, /^(low|medium|high|critical)$/);
    assert.equal(pass, of("pass").length);
    assert.deepEqual(report.problems, context.problems);
    assert.equal(report.controls.length, controls.length);
    assert.equal(report.verdicts.find(({ urn }: Verdict) => urn === queue).line, 21);
  });

  describe("SARIF 2.1.0", () => {
    const logOf = (all: readonly Verdict[]) => JSON.parse(render(all, "sarif", context));

    it("rules, results, locations, suppressions and fingerprints as the standard has them", () => {
      const log = logOf(verdicts);
      assert.equal(log.version, "2.1.0");
      const [run] = log.runs;
      const told = run.results.filter(({ suppressions }: { suppressions: unknown[] }) => suppressions.length === 0);
      assert.deepEqual(told.map(({ ruleId, kind, level }: Record<string, string>) => [ruleId, kind, level]).sort(), [
        ["ENC-01", "fail", "error"],
        ["ENC-01", "open", "none"],
      ]);
      for (const result of run.results) {
        assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
        const [{ physicalLocation, logicalLocations }] = result.locations;
        const { uri } = physicalLocation.artifactLocation;
        const [{ fullyQualifiedName: urn }] = logicalLocations;
        assert.match(urn, /^urn:pulumi:/);
        assert.equal(uri, urn === queue ? "blueprints/orders/my%20index.ts" : context.stackFile);
        assert.equal(physicalLocation.region.startLine, urn === queue ? 21 : 1);
        assert.match(result.partialFingerprints["controlAndResource/v1"], /^[0-9a-f]{64}$/);
      }
      for (const rule of run.tool.driver.rules) {
        assert.match(rule.name, /^[A-Z][A-Za-z0-9]+$/);
        assert.ok(rule.shortDescription.text && rule.fullDescription.text && rule.help.text);
      }
    });

    it("exempted findings stay, suppressed with their reason", () => {
      const suppressed = logOf(verdicts).runs[0].results.flatMap(
        ({ suppressions }: { suppressions: { kind: string; status: string; justification: string }[] }) => suppressions,
      );
      assert.equal(suppressed.length, exempted.length);
      for (const { kind, status, justification } of suppressed) {
        assert.deepEqual([kind, status], ["external", "accepted"]);
        assert.match(justification, /2027-01-31 by orders@example\.com \(SEC-7\): a key is on its way/);
      }
    });

    it("what fails the check itself is a notification of a run that failed", () => {
      const [{ executionSuccessful, toolExecutionNotifications }] = logOf(verdicts).runs[0].invocations;
      assert.equal(executionSuccessful, false);
      assert.deepEqual(toolExecutionNotifications, [
        { level: "error", message: { text: "policies/exemptions.yaml:3: expired" } },
      ]);
    });

    it("data that would be lost is a result at its resource, and the run itself succeeded", () => {
      const [run] = JSON.parse(render([], "sarif", { ...context, base: "infra", problems: [lost] })).runs;
      assert.equal(run.invocations[0].executionSuccessful, true);
      const [{ ruleId, ruleIndex, level, locations }, ...others] = run.results;
      assert.deepEqual(
        [ruleId, run.tool.driver.rules[ruleIndex].id, level, others],
        ["SB-C005", "SB-C005", "error", []],
      );
      assert.equal(locations[0].physicalLocation.artifactLocation.uri, "infra/blueprints/orders/my%20index.ts");
    });

    it("a file's name is no fragment, and any name can be written", () => {
      const stackFile = "a #1?\ud800.json";
      const [run] = JSON.parse(render([nasty], "sarif", { ...context, stackFile })).runs;
      assert.equal(run.results[0].locations[0].physicalLocation.artifactLocation.uri, "a%20%231%3F%EF%BF%BD.json");
    });

    it("fingerprints stay when only the message changes, and differ by resource", () => {
      const prints = (all: readonly Verdict[]) =>
        logOf(all).runs[0].results.map(
          (one: { partialFingerprints: object }) => Object.values(one.partialFingerprints)[0],
        );
      assert.deepEqual(prints(verdicts.map((one) => ({ ...one, message: "other" }))), prints(verdicts));
      assert.equal(new Set(prints(verdicts)).size, prints(verdicts).length);
    });

    it("is valid by the published schema", function () {
      const schema = process.env.SARIF_SCHEMA;
      if (!schema) {
        assert.ok(!process.env.CI, "SARIF_SCHEMA must name sarif-schema-2.1.0.json");
        process.stdout.write(
          "      skipped: SARIF_SCHEMA names no schema (sarif-2.1.0.json of the package schemastore)\n",
        );
        return this.skip();
      }
      const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
      addFormats(ajv);
      const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
      for (const all of [verdicts, [], [nasty], verdicts.map((one): Verdict => ({ ...one, known: true }))])
        assert.ok(validate(logOf(all)), JSON.stringify(validate.errors));
      const whole = { ...context, base: "infra", problems: [lost], unknownTo: new Map([["aws-native", 3]]) };
      assert.ok(validate(JSON.parse(render(verdicts, "sarif", whole))), JSON.stringify(validate.errors));
      const broken = logOf(verdicts);
      broken.runs[0].results[0].suppressions = [{ kind: "forgotten" }];
      assert.ok(!validate(broken));
    });
  });

  it("JUnit: counts agree with cases, and any text is carried", () => {
    const xml = render([...verdicts, nasty], "junit", context);
    const skipped = 1 + exempted.length;
    const tests = verdicts.length + 2;
    assert.match(
      xml,
      new RegExp(`<testsuites name="orders-aws" tests="${tests}" failures="3" errors="0" skipped="${skipped}"`),
    );
    assert.equal(xml.match(/<testcase /g)?.length, tests);
    assert.equal(xml.match(/<failure /g)?.length, 3);
    assert.equal(xml.match(/<skipped /g)?.length, skipped);
    assert.match(xml, /<skipped message="[^"]*exempted until 2027-01-31/);
    assert.match(xml, /name="queue \(aws:sqs\/queue:Queue\)" file="blueprints\/orders\/my index.ts" line="21"/);
    assert.ok(![..."\0\u0007\ud800"].some((one) => xml.includes(one)));
    assert.match(xml, /&lt;&quot;&amp;&apos;\?\?&#10;&gt;/);
    assert.match(xml, /#10;new aws\.sqs\.Queue\(&quot;queue&quot;, \{ …, kmsMasterKeyId: key\.arn \}\)<\/failure>/);
  });

  it("CSV: a line a verdict with all its columns, and no cell that a spreadsheet would run", () => {
    const [head = [], ...lines] = parsed(render([...verdicts, nasty], "csv", context));
    assert.equal(lines.length, verdicts.length + 2);
    for (const line of lines) assert.equal(line.length, head.length);
    const cell = (line: readonly string[], column: string) => line[head.indexOf(column)];
    const failed = lines.find((line) => cell(line, "urn") === queue && cell(line, "verdict") === "fail") ?? [];
    assert.deepEqual(
      ["control", "resource", "type", "file", "line"].map((column) => cell(failed, column)),
      ["ENC-01", "queue", "aws:sqs/queue:Queue", "blueprints/orders/my index.ts", "21"],
    );
    const kept = lines.filter((line) => cell(line, "ticket") === "SEC-7");
    assert.equal(kept.length, exempted.length);
    assert.ok(lines.some((line) => cell(line, "message") === `'${nasty.message}`));
    for (const line of lines) for (const one of line) assert.doesNotMatch(one, /^[=+\-@]/);
  });

  it("an advisory failure is told in every format, and fails in none", () => {
    const advisory = of("fail").map((verdict): Verdict => ({ ...verdict, advisory: true }));
    const quiet = { ...context, problems: [] };
    const text = render(advisory, "text", quiet);
    assert.match(text, /warn queue .*no customer-managed key/);
    assert.match(text, /\n0 failed, 1 advisory, 0 undetermined, 0 passed\n$/);
    assert.match(render(advisory, "junit", quiet), /failures="0" errors="0" skipped="1"/);
    assert.equal(JSON.parse(render(advisory, "sarif", quiet)).runs[0].results[0].level, "note");
    assert.match(render(advisory, "csv", quiet), /,high,advisory,queue,/);
    assert.match(render(advisory, "html", quiet), /1 fails \(advisory\)/);
    assert.equal(JSON.parse(render(advisory, "json", quiet)).summary.advisory, 1);
  });

  it("what an earlier report has is told in every format, and fails in none", () => {
    const known = of("fail").map((verdict): Verdict => ({ ...verdict, known: true }));
    const quiet = { ...context, problems: [] };
    assert.match(
      render(known, "text", quiet),
      / old queue .*\n[\s\S]*\n0 failed, 1 known before, 0 undetermined, 0 passed\n$/,
    );
    assert.match(render(known, "junit", quiet), /failures="0" errors="0" skipped="1"/);
    const [{ baselineState }] = JSON.parse(render(known, "sarif", quiet)).runs[0].results;
    assert.equal(baselineState, "unchanged");
    assert.match(render(known, "csv", quiet), /,high,known,queue,/);
    assert.match(render(known, "html", quiet), /1 fails \(known before\)/);
    assert.equal(JSON.parse(render(known, "json", quiet)).summary.known, 1);
  });

  it("resources of providers that no control knows are told in every format", () => {
    const others = {
      ...context,
      problems: [],
      unknownTo: new Map([
        ["aws-native", 3],
        ["azure", 1],
      ]),
    };
    for (const format of ["text", "sarif", "junit", "csv", "html"] as const)
      assert.match(render([], format, others), /3 of aws-native, 1 of azure/, format);
    assert.deepEqual(JSON.parse(render([], "json", others)).unknownTo, { "aws-native": 3, azure: 1 });
  });

  it("names neither move a terminal's cursor nor begin lines of their own", () => {
    const urn = "urn:pulumi:a::b::c:d:E::\u001b[2J\u001b[32mall ok\r\nFAIL forged\u007f\u009b";
    const forged: Verdict = { ...nasty, urn, message: "a\nb", exemption: { ...exemption, reason: "x\u001b[0m\ny" } };
    const text = render([forged, { ...nasty, urn }], "text", { ...context, stack: "s\u001b", problems: [lost] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    assert.ok(!text.split("\n").some((line) => line.startsWith("FAIL forged")));
  });

  it("say why nothing was judged: switched off, not demanded, or nothing there", () => {
    const idle = new Map([
      ["NET-01", "off unless switched on"],
      ["RES-04", "not demanded of internal data"],
    ]);
    const text = render([], "text", { ...context, problems: [], idle });
    assert.match(text, /^NET-01: off unless switched on\.$/m);
    assert.match(text, /^RES-04: not demanded of internal data\.$/m);
    assert.match(text, /^ENC-01, .*: nothing to judge\.$/m);
    const some = controls.filter(({ id }) => id !== "ENC-01");
    const page = render([], "html", { ...context, controls: some, idle });
    assert.match(page, /<b>NET-01<\/b>[^:]*: <span class="none">off unless switched on</);
    assert.match(page, /<b>ENC-01<\/b>[^:]*: <span class="none">not judged: its pack was not chosen</);
  });

  it("speak for the package's own version", () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
    assert.equal(tool.version, version);
  });

  describe("evidence", () => {
    it("every requirement of a framework, with controls and verdicts or none", () => {
      for (const framework of frameworks) {
        const page = render(verdicts, "html", { ...context, frameworks: [framework.name] });
        assert.equal(page.match(/<section id=/g)?.length, 1);
        const covered = coverage(framework, controls);
        assert.equal(page.match(/<th scope="row">/g)?.length, covered.length);
        const bare = covered.filter(({ by }) => by.length === 0).length;
        assert.equal(page.match(/not covered by technical control/g)?.length ?? 0, bare);
        for (const { by } of covered) for (const { control } of by) assert.ok(page.includes(`<b>${control.id}</b>`));
      }
    });

    it("what fails, what is exempted and what is wrong with the check is seen at once", () => {
      const page = render([...verdicts, nasty], "html", { ...context, frameworks: ["gdpr"], now: new Date(0) });
      const [, row = ""] = /(<th scope="row">Art\. 32\(1\)\(a\)<[\s\S]*?)<\/tr>/.exec(page) ?? [];
      assert.match(row, /<details open><summary><b>ENC-01<\/b>.*2 fail, 1 is undetermined/);
      assert.match(row, /exempted until 2027-01-31 by orders@example\.com/);
      assert.match(row, /blueprints\/orders\/my index\.ts:21/);
      assert.ok(page.includes("policies/exemptions.yaml:3: expired"));
      assert.ok(page.includes("1970-01-01T00:00:00.000Z"));
      assert.ok(!page.includes("<b> &") && page.includes("&lt;b&gt; &amp;"));
    });

    it("shows on paper what a screen folds away", () => {
      assert.match(
        render(verdicts, "html", context),
        /@media print \{ details::details-content \{ content-visibility: visible/,
      );
    });

    it("is one page that fetches nothing", () => {
      const page = render(verdicts, "html", context);
      assert.equal(page.match(/<section id=/g)?.length, frameworks.length);
      assert.doesNotMatch(page, /<script|<link|<img|src=|@import|url\(/);
    });
  });
});

/** RFC 4180. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
