// Reports of the runtime: crashes, supervisors, progress, upgrades. Structured records, by default lines on stderr.
// OTP: logger's report kinds.

export type ReportLevel = "error" | "warning" | "notice" | "info";

export interface Report {
  readonly level: ReportLevel;
  /** Kind of report, OTP's where it has one: crash_report, supervisor_report, progress, … */
  readonly kind: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Thrown value behind it; its stack is printed. */
  readonly error?: unknown;
}

export type Reporter = (report: Report) => void;

const printToStderr: Reporter = (report) => {
  if (report.level === "info") return;
  const details = Object.entries(report.details ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  const stack = report.error instanceof Error ? (report.error.stack ?? report.error.message) : report.error;
  const lines = [[`[${report.level}]`, `${report.kind}:`, report.message, ...details].join(" ")];
  if (stack !== undefined) lines.push(String(stack).replace(/^/gm, "    "));
  process.stderr.write(`${new Date().toISOString()} ${lines.join("\n")}\n`);
};

let reporter: Reporter = printToStderr;

/** Hands a report to the reporter; a reporter that throws does not disturb who reports. */
export const report = (record: Report): void => {
  try {
    reporter(record);
  } catch {
    // A broken reporter must not turn a report about one process into the end of another.
  }
};

/** Puts another reporter in place and returns the former one. Default: warnings, errors and notices as lines on stderr. */
export const setReporter = (next: Reporter): Reporter => {
  const former = reporter;
  reporter = next;
  return former;
};
