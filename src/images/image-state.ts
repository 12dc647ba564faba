/**
 * Where an image `i` of a job `j` stands, in SQL. Rows are brought after a cancel or a retry step by step, and are read as
 * if they had been already: pending ones of a cancelled job as `skipped`, and those that a retry has not come to yet as
 * `pending`.
 */
export const IMAGE_STATE = `CASE WHEN i.status = 'succeeded' THEN i.status
                     WHEN j.status = 'cancelled' AND (i.status = 'pending' OR i.run < j.run) THEN 'skipped'
                     WHEN j.status = 'ongoing' AND i.run < j.run THEN 'pending'
                     ELSE i.status END`;
