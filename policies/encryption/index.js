require("../start")("encryption");
