import { formatOffset, formatZoneName } from '../ui/formats.js';

/** A time zone with its offset today. */
export interface ZoneOption {
  readonly value: string;
  readonly label: string;
}

let known: readonly ZoneOption[] | undefined;

/** All time zones that the browser knows, and the given one. */
export function listZones(current: string): ZoneOption[] {
  known ??= Intl.supportedValuesOf('timeZone').map(toOption);
  const others = [current, 'UTC'].filter((zone) => known?.every(({ value }) => value !== zone));
  return [...new Set(others)].map(toOption).concat(known);
}

function toOption(zone: string): ZoneOption {
  return {
    value: zone,
    label: `${formatZoneName(zone)} (${formatOffset(getOffset(zone, new Date()))})`,
  };
}

/** The offset of a time zone from UTC at a time, in minutes. */
export function getOffset(zone: string, at: Date): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -offset : offset;
}
