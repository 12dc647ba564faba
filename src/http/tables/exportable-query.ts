import type { PageQuery } from '../input/page.js';
import { oneOf } from '../input/rules.js';
import { timeZoneName } from '../input/time-zone.js';
import type { Dto } from '../input/validation.js';
import { getParameters, Parameter } from '../routes/parameter.decorator.js';
import { LIST_FORMATS, type ListFormat } from './export-format.js';

/** What the query of a list has if the list can be downloaded as a file. */
export interface ExportQuery {
  format?: ListFormat;
  time_zone?: string;
}

const TIMES_IN_FILES =
  'Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC.';

/** Adds `format` and `time_zone` to the query of a list. If the list has a `time_zone` of its own, files have their times in it too. */
export function exportable<Query extends PageQuery>(list: Dto<Query>): Dto<Query & ExportQuery> {
  const base: Dto<PageQuery> = list;
  const own = getParameters(list).get('time_zone');
  class ExportableQuery extends base implements ExportQuery {
    @Parameter(
      {
        schema: { type: 'string', enum: LIST_FORMATS },
        description:
          'The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and ' +
          '`cursor` have no effect.',
      },
      oneOf(LIST_FORMATS),
    )
    format?: ListFormat;

    @Parameter(
      {
        schema: own?.schema ?? { type: 'string', maxLength: 64 },
        description: `${own?.description ?? 'An IANA time zone, such as `Asia/Kolkata`.'} ${TIMES_IN_FILES}`,
      },
      timeZoneName,
    )
    time_zone?: string;
  }
  // The instances have the fields of both, which TypeScript cannot know of a generic base class.
  const extended: Dto<object> = ExportableQuery;
  if (!isDtoOf<Query & ExportQuery>(extended, list)) throw new TypeError('not a query of this list');
  return extended;
}

function isDtoOf<T>(dto: Dto<object>, base: Dto<object>): dto is Dto<T & object> {
  return dto.prototype instanceof base;
}
