require("../transpile");
require("../pack").startPack("iam");
