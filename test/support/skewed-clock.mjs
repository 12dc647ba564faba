/**
 * Loaded before a process's own code (`node --import`), this sets its clock wrong by `TEST_CLOCK_SKEW_MS`: all that reads
 * the time of day sees it, and the database's clock stays right.
 */
const skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + skewMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
