-- What has to hold of every row, at every moment, whatever was killed in between. Each query answers the rows that break
-- its rule: none is good. They only read, and may run beside a service at work: npm run check:invariants (DATABASE_URL),
-- or psql -f. Run them in one REPEATABLE READ transaction, as the script does, and they all see the same moment.
--
-- Where a job was cancelled or retried, rows_behind says that its rows are still being brought after its state, a step at a
-- time, and those of a deleted job go in steps too: by tasks of the queue 'sweeps' {kind, job, run, from}. 'images' is the
-- queue of the batches {job, run, from, to}, 'callbacks' that of the tries of callbacks {job, run, sending}.

-- name: image_of_an_ended_job_is_pending
SELECT job.job_id, job.status AS job_status, count(*) AS images, min(image.seq) AS first
  FROM shelfline.job AS job
  JOIN shelfline.image AS image ON image.job = job.id
 WHERE job.status <> 'ongoing' AND image.status = 'pending' AND NOT job.rows_behind
 GROUP BY job.id
 ORDER BY job.id;

-- name: counters_differ_from_rows
-- A store that was unknown in an earlier run counts only once a retry has looked it up anew: where the retry was cancelled
-- before that, it does not.
SELECT job.job_id, job.status,
       job.total, job.pending, job.succeeded, job.failed, job.skipped, job.count, job.unknown_visits,
       found.total AS total_rows, found.pending AS pending_rows, found.succeeded AS succeeded_rows,
       found.failed AS failed_rows, found.skipped AS skipped_rows,
       visited.visits AS visit_rows, visited.unknown AS unknown_visit_rows
  FROM shelfline.job AS job
  LEFT JOIN (SELECT job, count(*) AS total,
                    count(*) FILTER (WHERE status = 'pending') AS pending,
                    count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
                    count(*) FILTER (WHERE status = 'failed') AS failed,
                    count(*) FILTER (WHERE status = 'skipped') AS skipped
               FROM shelfline.image GROUP BY job) AS found ON found.job = job.id
  LEFT JOIN (SELECT visit.job, count(*) AS visits,
                    count(*) FILTER (WHERE visit.unknown_store AND visit.run = job.run) AS unknown
               FROM shelfline.visit AS visit
               JOIN shelfline.job AS job ON job.id = visit.job
              GROUP BY visit.job) AS visited ON visited.job = job.id
 WHERE NOT job.rows_behind
   AND (job.total, job.pending, job.succeeded, job.failed, job.skipped, job.count, job.unknown_visits)
       IS DISTINCT FROM
       (found.total, found.pending, found.succeeded, found.failed, found.skipped, visited.visits, visited.unknown)
 ORDER BY job.id;

-- name: counters_do_not_add_up
SELECT job_id, status, total, pending, succeeded, failed, skipped
  FROM shelfline.job
 WHERE total <> pending + succeeded + failed + skipped OR least(pending, succeeded, failed, skipped) < 0
 ORDER BY id;

-- name: ongoing_job_has_nothing_pending
SELECT job_id, run, total, pending FROM shelfline.job WHERE status = 'ongoing' AND pending = 0 ORDER BY id;

-- name: job_ended_in_the_wrong_state
-- Failed where an image failed or a store is unknown, else completed; nothing is left pending.
SELECT job_id, status, pending, failed, unknown_visits
  FROM shelfline.job
 WHERE status IN ('completed', 'failed')
   AND (pending > 0 OR (status = 'failed') <> (failed > 0 OR unknown_visits > 0))
 ORDER BY id;

-- name: pending_image_without_a_task
-- Of an ongoing job, that is: nobody would ever come for it.
WITH task AS (
  SELECT (data ->> 'job')::bigint AS job, (data ->> 'run')::int AS run,
         range_agg(int4range((data ->> 'from')::int, (data ->> 'to')::int)) AS images
    FROM shelfline_queue.job
   WHERE name = 'images' AND state IN ('created', 'retry', 'active')
   GROUP BY 1, 2)
SELECT job.job_id, job.run, count(*) AS images, min(image.seq) AS first, max(image.seq) AS last,
       min(image.run) AS oldest_run
  FROM shelfline.job AS job
  JOIN shelfline.image AS image ON image.job = job.id AND image.status = 'pending'
  LEFT JOIN task ON task.job = job.id AND task.run = job.run
 WHERE job.status = 'ongoing'
   AND CASE WHEN image.run = job.run THEN (task.images @> image.seq) IS NOT TRUE ELSE NOT job.rows_behind END
 GROUP BY job.id
 ORDER BY job.id;

-- name: rows_behind_without_a_task
SELECT job.job_id, job.status, job.run
  FROM shelfline.job AS job
 WHERE job.rows_behind
   AND NOT EXISTS (SELECT FROM shelfline_queue.job AS task
                    WHERE task.name = 'sweeps' AND task.state IN ('created', 'retry', 'active')
                      AND (task.data ->> 'job')::bigint = job.id AND (task.data ->> 'run')::int = job.run
                      AND task.data ->> 'kind' = CASE job.status WHEN 'cancelled' THEN 'cancelled' ELSE 'retried' END)
 ORDER BY job.id;

-- name: task_left_behind
-- Of a job that ended, is gone, or is in another run. Such a task finds nothing to do and goes when a worker comes to it,
-- however long it waits until then. It is left behind where workers passed it over for two minutes: they took one of its
-- priority that was enqueued after it, or the queue was watched over while the holder of the task gave no sign.
-- SET shelfline.grace = '0' where all has come to rest: then any is left behind.
SELECT task.id AS task, task.state, task.data, task.retry_count, task.start_after, job.status AS job_status, job.run AS job_run
  FROM (SELECT coalesce(nullif(current_setting('shelfline.grace', true), ''), '2 minutes')::interval AS grace) AS allowed
 CROSS JOIN shelfline_queue.job AS task
  LEFT JOIN shelfline.job AS job ON job.id = (task.data ->> 'job')::bigint
 WHERE task.name = 'images' AND task.state IN ('created', 'retry', 'active')
   AND (job.id IS NULL OR job.status <> 'ongoing' OR job.run <> (task.data ->> 'run')::int)
   AND greatest(task.start_after, task.heartbeat_on) <= now() - allowed.grace
   AND CASE WHEN allowed.grace = interval '0' THEN true
            WHEN task.state = 'active' THEN
              EXISTS (SELECT FROM shelfline_queue.queue AS queue
                       WHERE queue.name = task.name AND queue.monitor_on > task.heartbeat_on + allowed.grace)
            ELSE
              EXISTS (SELECT FROM shelfline_queue.job AS later
                       WHERE later.name = task.name AND later.priority = task.priority
                         AND later.created_on > task.created_on AND later.started_on > task.start_after + allowed.grace)
       END
 ORDER BY task.created_on;

-- name: row_of_a_job_that_is_not_there
-- Those of a submission that is still streaming in stand under the number of the job that it may become.
SELECT kept.kind, kept.job, kept.rows
  FROM (SELECT 'image' AS kind, job, count(*) AS rows FROM shelfline.image GROUP BY job
        UNION ALL
        SELECT 'visit', job, count(*) FROM shelfline.visit GROUP BY job
        UNION ALL
        SELECT 'job_store', job, count(*) FROM shelfline.job_store GROUP BY job) AS kept
 WHERE NOT EXISTS (SELECT FROM shelfline.job AS job WHERE job.id = kept.job)
   AND NOT EXISTS (SELECT FROM shelfline_queue.job AS task
                    WHERE task.name = 'sweeps' AND task.state IN ('created', 'retry', 'active')
                      AND (task.data ->> 'job')::bigint = kept.job AND task.data ->> 'kind' LIKE 'deleted_%')
   AND NOT EXISTS (SELECT FROM shelfline.upload AS upload WHERE upload.job = kept.job)
 ORDER BY kept.job, kept.kind;

-- name: perimeter_is_not_that_of_the_size
SELECT job, seq, width, height, perimeter
  FROM shelfline.image
 WHERE (status = 'succeeded' AND (perimeter = 2 * (width + height)) IS NOT TRUE)
    OR (status <> 'succeeded' AND num_nonnulls(width, height, perimeter) > 0)
 ORDER BY job, seq;

-- name: finished_at_does_not_fit_the_status
SELECT job_id, status, created_at, started_at, finished_at
  FROM shelfline.job
 WHERE (status = 'ongoing') <> (finished_at IS NULL)
    OR (started_at IS NULL AND succeeded > 0)
    OR finished_at < created_at
 ORDER BY id;

-- name: visits_do_not_cover_the_images
-- The visits of a job are numbered without a gap, and so are its images, each visit's after those of the one before it. Rows of
-- a deleted job go in steps: of those nothing of this kind is asked.
WITH placed AS (
  SELECT job, seq, first_image, image_count,
         row_number() OVER visits - 1 AS expected_seq,
         coalesce(sum(image_count) OVER (visits ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS expected_first
    FROM shelfline.visit
  WINDOW visits AS (PARTITION BY job ORDER BY seq)),
found AS (
  SELECT job, visit, count(*) AS images, min(seq) AS first, max(seq) AS last FROM shelfline.image GROUP BY job, visit)
SELECT coalesce(placed.job, found.job) AS job, coalesce(placed.seq, found.visit) AS visit,
       placed.first_image, placed.image_count, placed.expected_seq, placed.expected_first,
       found.images, found.first, found.last
  FROM placed
  FULL JOIN found ON found.job = placed.job AND found.visit = placed.seq
 WHERE EXISTS (SELECT FROM shelfline.job AS job WHERE job.id = coalesce(placed.job, found.job))
   AND (placed.seq IS DISTINCT FROM placed.expected_seq
        OR placed.first_image IS DISTINCT FROM placed.expected_first
        OR found.images IS DISTINCT FROM placed.image_count
        OR found.first IS DISTINCT FROM placed.first_image
        OR found.last IS DISTINCT FROM placed.first_image + placed.image_count - 1)
 ORDER BY 1, 2;

-- name: image_does_not_tell_its_state
-- A failed image says why, no other final one does; a final one is not to be tried again; what was measured was asked for.
SELECT job, seq, status, attempts, format, error, error_code, next_attempt_at, processed_at
  FROM shelfline.image
 WHERE CASE status
         WHEN 'succeeded' THEN error IS NOT NULL OR error_code IS NOT NULL OR format IS NULL OR attempts < 1
                               OR next_attempt_at IS NOT NULL OR processed_at IS NULL
         WHEN 'failed' THEN error IS NULL OR error_code IS NULL OR next_attempt_at IS NOT NULL OR processed_at IS NULL
         ELSE false
       END
 ORDER BY job, seq;

-- name: end_without_a_callback
-- Of a job that asked for it: a job ends once in a run, and what it is told of that is written down with the end.
SELECT job.job_id, job.run, job.status, job.finished_at
  FROM shelfline.job AS job
 WHERE job.callback_url IS NOT NULL AND job.status <> 'ongoing' AND NOT job.flags_pending
   AND NOT EXISTS (SELECT FROM shelfline.callback AS callback WHERE callback.job = job.id AND callback.run = job.run)
 ORDER BY job.id;

-- name: flags_pending_without_a_task
-- Nobody would ever count the flags of the job, and publish its end.
SELECT job.job_id, job.status, job.run, job.flags
  FROM shelfline.job AS job
 WHERE job.flags_pending
   AND (job.status = 'ongoing' OR job.flags IS NOT NULL
        OR NOT EXISTS (SELECT FROM shelfline_queue.job AS task
                        WHERE task.name = 'flags' AND task.state IN ('created', 'retry', 'active')
                          AND (task.data ->> 'job')::bigint = job.id AND (task.data ->> 'run')::int = job.run))
 ORDER BY job.id;

-- name: flags_of_an_image_that_was_not_measured
SELECT job, seq, status, flags
  FROM shelfline.image
 WHERE status <> 'succeeded' AND num_nonnulls(file_key, picture_key, flags, flag_evidence) > 0
 ORDER BY job, seq;

-- name: flags_of_a_visit_differ_from_those_of_its_images
-- A visit without flags has null or 0. Rows of a deleted job go in steps: of those nothing of this kind is asked.
SELECT visit.job, visit.seq, visit.flags, found.flags AS image_flags
  FROM shelfline.visit AS visit
  JOIN shelfline.job AS job ON job.id = visit.job
  LEFT JOIN (SELECT job, visit, bit_or(flags) AS flags FROM shelfline.image WHERE flags <> 0 GROUP BY 1, 2) AS found
    ON found.job = visit.job AND found.visit = visit.seq
 WHERE coalesce(visit.flags, 0) <> coalesce(found.flags, 0)
 ORDER BY visit.job, visit.seq;

-- name: callback_without_a_task
-- One that is not delivered or given up, that is: nobody would ever send it.
SELECT callback.job, callback.run, callback.sending, callback.state, callback.attempts
  FROM shelfline.callback AS callback
 WHERE callback.state IN ('waiting', 'retrying')
   AND NOT EXISTS (SELECT FROM shelfline_queue.job AS task
                    WHERE task.name = 'callbacks' AND task.state IN ('created', 'retry', 'active')
                      AND (task.data ->> 'job')::bigint = callback.job AND (task.data ->> 'run')::int = callback.run
                      AND (task.data ->> 'sending')::int = callback.sending)
 ORDER BY callback.job, callback.run;

-- name: callback_does_not_tell_its_state
-- Delivered is what was answered with 2xx, waiting what this sending has not tried, all else what it has.
SELECT job, run, state, sending, attempts, earlier_attempts, last_status, last_attempt_at
  FROM shelfline.callback
 WHERE (attempts = 0) <> (last_attempt_at IS NULL) OR earlier_attempts > attempts
    OR CASE state
         WHEN 'delivered' THEN (last_status BETWEEN 200 AND 299) IS NOT TRUE
         WHEN 'waiting' THEN attempts > earlier_attempts
         ELSE attempts = earlier_attempts
       END
 ORDER BY job, run;
