require("../start")("network");
