require("../start")("all");
