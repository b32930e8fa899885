// Identifiers that are the same in every run, because they are made of what they identify.
const { createHash } = require("node:crypto");

const hex = (text, length) => createHash("sha256").update(text).digest("hex").slice(0, length);
const guid = (text) => hex(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

module.exports = { guid, hex };
