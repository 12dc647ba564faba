/** Numbers and times as people read them. Times are in the time zone of the browser, whose name is always in sight. */
const LOCALE = 'en-GB';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const number = new Intl.NumberFormat(LOCALE);
const time = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const timeWithSeconds = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

export function formatNumber(value: number): string {
  return number.format(value);
}

/** A share of a whole in percent. Only everything is 100, and only nothing is 0. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  if (part === 0 || part === whole) return `${percent} %`;
  return `${Math.min(99, Math.max(1, Math.round(percent)))} %`;
}

/** Formats a moment as a day and a time. Today and yesterday have their names, and a day of another year has its year. */
export function formatMoment(value: string, now = new Date()): string {
  const date = new Date(value);
  return `${formatDay(date, now)} ${time.format(date)}`;
}

function formatDay(date: Date, now: Date): string {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const format = date.getFullYear() === now.getFullYear() ? day : dayOfYear;
  return format.format(date).replace(',', '');
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A time of day to the second. */
export function formatClock(date: Date): string {
  return timeWithSeconds.format(date);
}

/** A duration in the two largest units that it has. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A moment inside a sentence. */
export function formatMomentInText(value: string, now = new Date()): string {
  return formatMoment(value, now).replace(/^(Today|Yesterday)/, (word) => word.toLowerCase());
}

/** Browsers know some zones by the names that their cities had. */
const RENAMED: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Europe/Kiev': 'Europe/Kyiv',
};

/** The name of a time zone for people. */
export function formatZoneName(zone: string): string {
  return (RENAMED[zone] ?? zone).replaceAll('_', ' ');
}

/** The time zone of the browser with its offset, such as `Asia/Kolkata (UTC+5:30)`. */
export function formatZone(now = new Date()): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'UTC'
    ? 'UTC'
    : `${formatZoneName(timeZone)} (${formatOffset(-now.getTimezoneOffset())})`;
}

/** An offset from UTC in minutes, such as `UTC+5:30`. */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const rest = Math.abs(minutes) % 60;
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** A date of an address, such as `2026-11-27`, as the start of that day here; undefined if it is none. */
export function startOfDate(date: string | null): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? '');
  if (match === null) return undefined;
  const start = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** A day for an address, in the time zone of the browser. */
export function toDate(daysBack: number, now = new Date()): string {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 10);
}
