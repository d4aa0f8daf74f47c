/** Ends the command line with one line on stderr and an exit status: 2 for what was typed, 1 for what went wrong. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitStatus: 1 | 2;

  constructor(message: string, exitStatus: 1 | 2 = 2) {
    super(message);
    this.exitStatus = exitStatus;
  }
}
