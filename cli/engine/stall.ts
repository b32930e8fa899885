/**
 * A program that waits for what never comes, such as two resources that need each other, would leave its run pending
 * for ever. Node says when nothing is left that could wake it: then the runs that are still open have stalled.
 */
const open = new Set<() => void>();

function tell(): void {
  for (const stalled of open) stalled();
}

export function onStall(stalled: () => void): () => void {
  if (open.size === 0) process.on("beforeExit", tell);
  open.add(stalled);
  return () => {
    open.delete(stalled);
    if (open.size === 0) process.off("beforeExit", tell);
  };
}

export function stalled(registered: number): string {
  return `the program waits for a value that never comes: ${registered} resources were registered, and nothing is left that could go on; look for resources that wait for each other or for a promise that is never resolved`;
}
