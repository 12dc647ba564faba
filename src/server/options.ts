import { ExifAnalyzer } from '../images/analysis/exif/exif-analyzer.js';
import type { SourceOptions } from '../outbound/sources/source-options.js';
import type { OptionTable, Values } from '../options/option.js';
import { splitConnections } from '../queue/connections.js';
import { GROUPS } from '../room-options.js';
import type { StoreVisitsObserver, StoreVisitsOptions } from '../store-visits.options.js';
import { type Settings, toSettingName } from './environment.js';

/** Converts the settings of the service to the options of the module. */
export function toOptions(
  settings: Settings,
  observer: StoreVisitsObserver,
  sources: readonly SourceOptions[],
): StoreVisitsOptions {
  return {
    role: settings.role,
    http: { ...pick(GROUPS.http, settings), refuseUnknownParameters: true },
    jobs: pick(GROUPS.jobs, settings),
    images: { ...pick(GROUPS.images, settings), flags: settings.photoFlags, sources },
    callbacks: pick(GROUPS.callbacks, settings),
    queue: {
      ...pick(GROUPS.queue, settings),
      poolSize: splitConnections(settings.databasePoolSize).queue,
    },
    observer,
  };
}

/** Returns the options of a group that are also settings. */
function pick<Table extends OptionTable>(table: Table, settings: Settings): Partial<Values<Table>>;
function pick(table: OptionTable, settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { variable }]): [string, unknown][] =>
      variable === undefined ? [] : [[name, Reflect.get(settings, toSettingName(variable))]],
    ),
  );
}

/** Creates the image analyzers that the settings enable. */
export function toAnalyzers({ imageExif, imageExifTimeZone: timeZone }: Settings): ExifAnalyzer[] {
  return imageExif ? [new ExifAnalyzer(timeZone === undefined ? {} : { timeZone })] : [];
}

/** The name of our connections in the views of PostgreSQL, such as `pg_stat_activity`. */
export function applicationName(settings: Settings): string {
  return `shelfline-${settings.role}`;
}
