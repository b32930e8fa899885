// What a cloud makes of a resource beyond its inputs, by provider: `names` (the input that names it, where it is not `name`),
// `immutable` (properties whose change needs another resource), `unknownInPreview` (outputs that an update makes anew),
// `computed(token, name, inputs, { before, settings })`, `functions` (by token, of the arguments and the settings).
module.exports = { aws: require("./aws"), "azure-native": require("./azure"), gcp: require("./gcp") };
