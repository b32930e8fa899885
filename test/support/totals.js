// A mocha reporter: prints as `spec` does, and leaves the totals in the file that MOCHA_TOTALS names.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class Totals extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MOCHA_TOTALS;
    if (!file) return;
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats ?? {};
      writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
};
