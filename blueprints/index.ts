/** The Pulumi program: `pulumi up -s <stack>` runs the blueprint that the stack's configuration names. */
import { program } from "./program";

module.exports = program();
