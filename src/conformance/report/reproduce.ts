/** The line that runs one case again. */
export function reproduceLine(engine: string, suite: string, file: string, id: string): string {
  const option = engine === "pure" ? "" : ` --engine ${engine}`;
  return `npx pocket-hsm verify${option} --suite ${suite} --case ${file}#${id}`;
}
