/** The report as JSON (docs/conformance.md has the schema). */

import { type Report, SCHEMA } from "./model.ts";

/** A text that is no report, or one of another schema. */
export class ReportFormatError extends Error {
  override readonly name: string = "ReportFormatError";
}

export function formatReport(report: Report): string {
  return `${JSON.stringify(report)}\n`;
}

/**
 * The report that `formatReport` wrote.
 * @throws ReportFormatError
 */
export function parseReport(text: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReportFormatError("the text is not JSON");
  }
  const report = value as Partial<Report> | null;
  if (report?.schema !== SCHEMA) throw new ReportFormatError(`expected a report of schema ${SCHEMA}`);
  if (!Array.isArray(report.files) || !Array.isArray(report.problems) || typeof report.circumstances !== "object")
    throw new ReportFormatError("the report has no files, problems or circumstances");
  return report as Report;
}
