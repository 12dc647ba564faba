/**
 * The state of an image `i` of a job `j`, in SQL. After a cancel or a retry, rows are updated step by step, but
 * read as if all were updated: pending rows of a cancelled job are `skipped`, and rows that a retry has not
 * updated yet are `pending`.
 */
export const IMAGE_STATE = `CASE WHEN i.status = 'succeeded' THEN i.status
                     WHEN j.status = 'cancelled' AND (i.status = 'pending' OR i.run < j.run) THEN 'skipped'
                     WHEN j.status = 'ongoing' AND i.run < j.run THEN 'pending'
                     ELSE i.status END`;
