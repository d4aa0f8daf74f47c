/** What the commands that serve until they are told to end have in common. */

export function report(error: unknown): void {
  process.stderr.write(
    `pocket-hsm: internal error: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
  );
}

/** Waits for the first of these signals; the next one does what it does by default. */
export function signal(...names: readonly NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    for (const name of names) process.once(name, () => resolve());
  });
}
