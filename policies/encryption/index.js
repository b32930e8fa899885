require("../transpile");
require("../pack").startPack("encryption");
