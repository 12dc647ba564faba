/** The name of the column that names the time zone of the times in a row. */
export const TIME_ZONE_COLUMN = 'time_zone';
