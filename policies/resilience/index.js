require("../start")("resilience");
