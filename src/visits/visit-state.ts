/**
 * The status of a `visit` of a `job` in SQL, as `visitStatus()` makes it of its images: from the numbers of its images, so that no image is read. Null for
 * a visit of an earlier version that is not counted yet. What failed in an earlier run does not count.
 */
export const VISIT_STATE = `CASE WHEN visit.unknown_store AND visit.run = job.run THEN 'unknown_store'
              WHEN visit.succeeded = visit.image_count THEN 'completed'
              WHEN visit.succeeded IS NULL THEN NULL
              WHEN job.status = 'ongoing' AND visit.image_count > visit.succeeded
                   + CASE WHEN visit.run = job.run THEN coalesce(cardinality(visit.failures), 0) ELSE 0 END THEN 'ongoing'
              ELSE 'failed' END`;
