require("../transpile");
require("../pack").startPack("audit-logging");
