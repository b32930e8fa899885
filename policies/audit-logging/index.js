require("../start")("audit-logging");
