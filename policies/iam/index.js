require("../start")("iam");
