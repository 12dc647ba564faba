// Written from openapi.json by scripts/client-types.ts.
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check whether the process is alive */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check whether the database is reachable, writable and migrated, and the queue is running */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics of this process, for Prometheus
         * @description Needs a key with the scope `metrics`.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the name and the scopes of the key
         * @description Any valid key is accepted.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link that opens a job read-only
         * @description Whoever has the link can read this job, its images and their previews, and nothing else. The link stops working when it expires, and when the key that made it is removed.
         *
         *     Needs a key with the scope `manage`.
         */
        post: operations["shareJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List stores in order of their ids
         * @description With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. If the connection breaks before the end, the file is incomplete.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listStores"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stores/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a store master as CSV
         * @description A spreadsheet with the columns `AreaCode,StoreName,StoreID` and optionally `Latitude,Longitude,RadiusMeters` in any order and case, separated by commas, semicolons or tabs, in UTF-8 or in UTF-16 with a byte order mark. Valid rows are applied, and the response lists the others. If two rows of a store have different values, the second row is rejected. A column that the file does not have leaves the values of the stores, and an empty cell clears them.
         *
         *     Needs a key with the scope `manage`.
         */
        post: operations["importStores"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stores/{store_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a store
         * @description Needs a key with the scope `read`.
         */
        get: operations["getStore"];
        /**
         * Create or change a store
         * @description An absent field of an existing store stays, and null clears a number.
         *
         *     Needs a key with the scope `manage`.
         */
        put: operations["putStore"];
        post?: never;
        /**
         * Delete a store
         * @description Submitted visits keep their store id and area code.
         *
         *     Needs a key with the scope `manage`.
         */
        delete: operations["deleteStore"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first
         * @description A page may be shorter than `limit`, or empty, if its errors are very long or `q` matches few of many jobs. The list ends when `next_cursor` is null. With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. If the connection breaks before the end, the file is incomplete.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listJobs"];
        put?: never;
        /**
         * Submit a job of store visits
         * @description Responds as soon as the job is stored; the images are processed in the background. `/api/submit` is the older name.
         *
         *     Send jobs that are too large for one JSON document as NDJSON or CSV, which are read as they are uploaded. If any part is invalid, nothing is stored. A spreadsheet can be sent as its program saves it as CSV, or as the file of a form.
         *
         *     With `dry_run=true` everything is checked and nothing is stored.
         *
         *     Needs a key with the scope `submit`.
         */
        post: operations["submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job of store visits
         * @description Responds as soon as the job is stored; the images are processed in the background. `/api/submit` is the older name.
         *
         *     Send jobs that are too large for one JSON document as NDJSON or CSV, which are read as they are uploaded. If any part is invalid, nothing is stored. A spreadsheet can be sent as its program saves it as CSV, or as the file of a form.
         *
         *     With `dry_run=true` everything is checked and nothing is stored.
         *
         *     Needs a key with the scope `submit`.
         */
        post: operations["submitJobByOlderName"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job with its counters and its first errors
         * @description Needs a key with the scope `read`.
         */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /**
         * Delete a job that has ended, with its visits and images
         * @description Needs a key with the scope `manage`.
         */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the results of images in order of submission
         * @description With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. If the connection breaks before the end, the file is incomplete.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listJobImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the result of one image
         * @description Needs a key with the scope `read`.
         */
        get: operations["getJobImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List why images of a job failed, by error code and host, most frequent first
         * @description The first 100. The counts belong to the current run of the job: a retry begins again at zero. To list the images themselves, use `error_code` and `host` of the list of images.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listJobFailures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an ongoing job
         * @description Pending images become `skipped`; those done keep their results.
         *
         *     Needs a key with the scope `manage`.
         */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed or cancelled job again
         * @description Failed and skipped images start over with all their attempts, and stores are looked up again. `attempts` keeps counting.
         *
         *     Needs a key with the scope `manage`.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the last webhook of a job again
         * @description Sends the same message with the same `webhook-id`, with all its attempts. `attempts` keeps counting.
         *
         *     Needs a key with the scope `manage`.
         */
        post: operations["sendJobCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream the progress of a job
         * @description First the current state, then each change, at most a few a second: `progress` with the body of `images`, and at the end `finished` with the job, after which the stream ends. A job that is deleted sends `deleted`. Comments are sent between events as heartbeats. A browser's `EventSource` cannot send a key: if one is needed, read the stream with `fetch`.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["streamJobEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the status of a job
         * @description Needs a key with the scope `read`.
         */
        get: operations["getJobStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List visits of all jobs with their results, newest first
         * @description A page may be shorter than `limit`, or empty, if its visits have very many images or many visits had to be skipped: the list ends when `next_cursor` is null. With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. If the connection breaks before the end, the file is incomplete.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listVisits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count visits of all jobs, up to 10,000
         * @description It has the filters of the list of visits.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["countVisits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a visit with its results
         * @description Needs a key with the scope `read`.
         */
        get: operations["getVisit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Review a visit
         * @description A person's verdict. It replaces an earlier review, and changes neither the results nor the status of the job. A retry of the job keeps it and sets `outdated`. It is deleted with the job.
         *
         *     Needs a key with the scope `review`.
         */
        put: operations["putReview"];
        post?: never;
        /**
         * Remove the review of a visit
         * @description The answer is the same if the visit has no review.
         *
         *     Needs a key with the scope `review`.
         */
        delete: operations["deleteReview"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List stores with their visits and usable photos in a period, in order of their ids
         * @description A photo is usable if it succeeded, is not `too_small`, and its visit was not rejected in a review. The list has all stores of the store master, those without a visit too. With `?format=csv`, `ndjson` or `xlsx` (or the `Accept` header) all matching rows are streamed as a file. If the connection breaks before the end, the file is incomplete.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["listCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coverage/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the stores with usable photos by area and day or week
         * @description A photo is usable if it succeeded, is not `too_small`, and its visit was not rejected in a review. An area is that of its stores now.
         *
         *     Needs a key with the scope `read`.
         */
        get: operations["summarizeCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Health: {
            /**
             * @example ok
             * @enum {string}
             */
            status: "ok";
            /** @example 0.1.0 */
            version: string;
            /**
             * @description The commit of the build.
             * @example 8f14e45fceea
             */
            commit: string | null;
        };
        ShelflineFault: {
            /** @example visits[3].image_url[0] */
            path: string;
            /** @example must be an absolute http: or https: URL */
            message: string;
        };
        ShelflineErrorBody: {
            /**
             * @description One sentence that says what is wrong.
             * @example Job not found
             */
            error: string;
            /**
             * @description A stable code for programs.
             * @example job_not_found
             */
            code: string;
            /**
             * @description The first 20 faults of the input.
             * @example []
             */
            details: components["schemas"]["ShelflineFault"][];
        };
        Share: {
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
            /**
             * Format: date-time
             * @example 2024-11-17T10:00:00.000Z
             */
            expires_at: string;
        } | null;
        Me: {
            /**
             * @description The name of the key, or null for a shared link and in a server without keys.
             * @example field-team
             */
            name: string | null;
            /**
             * @description The scopes of the key. A server without keys allows everything.
             * @example [
             *       "read",
             *       "submit"
             *     ]
             */
            scopes: ("read" | "submit" | "review" | "manage" | "metrics")[];
            /**
             * @description The job that a shared link opens, or null for a key.
             * @example null
             */
            share: components["schemas"]["Share"] | null;
        };
        NewShare: {
            /** @example 72 */
            expires_in_hours: number;
        };
        SharedLink: {
            /**
             * @description Opens the job in the console, read-only, until it expires or the key that made it is removed.
             * @example https://shelfline.example.com/shared#share_WyJqb2JfMjAyNDExMTYxMDAwMDAiLDE3MzE3NTg0MDBd.c2lnbmF0dXJl
             */
            url: string;
        };
        ShelflineStore: {
            /** @example RP00002 */
            store_id: string;
            /** @example Corner Market */
            store_name: string;
            /** @example 7100015 */
            area_code: string;
            /**
             * @description The latitude in degrees. A store has a latitude and a longitude, or neither. Exactly 0, 0 is no position.
             * @example 12.9716
             */
            latitude: number | null;
            /**
             * @description The longitude in degrees.
             * @example 77.5946
             */
            longitude: number | null;
            /**
             * @description Photos of the store are expected within this distance of its position, in meters.
             * @example 200
             */
            radius_meters: number | null;
        };
        ShelflineStorePage: {
            items: components["schemas"]["ShelflineStore"][];
            /** @example null */
            next_cursor: string | null;
        };
        ShelflineRejectedRow: {
            /**
             * @description The number of the row in a spreadsheet. The header is row 1.
             * @example 17
             */
            line: number;
            /** @example StoreID must have 1 to 64 characters */
            error: string;
        };
        ShelflineImportResult: {
            /**
             * @description The number of rows in the file, without the header.
             * @example 4944
             */
            received: number;
            /** @example 4940 */
            inserted: number;
            /** @example 2 */
            updated: number;
            /** @example 1 */
            unchanged: number;
            /** @example 1 */
            rejected_count: number;
            /** @description The first 100 rejected rows. */
            rejected: components["schemas"]["ShelflineRejectedRow"][];
        };
        /** @description An absent field of an existing store stays, and null clears a number. */
        ShelflinePutStore: {
            /**
             * @description Required for a new store.
             * @example Corner Market
             */
            store_name?: string;
            /**
             * @description Required for a new store.
             * @example 7100015
             */
            area_code?: string;
            /**
             * @description The latitude in degrees. A store has a latitude and a longitude, or neither. Exactly 0, 0 is no position.
             * @example 12.9716
             */
            latitude?: number | null;
            /**
             * @description The longitude in degrees.
             * @example 77.5946
             */
            longitude?: number | null;
            /**
             * @description Photos of the store are expected within this distance of its position, in meters.
             * @example 200
             */
            radius_meters?: number | null;
        };
        ShelflineNewVisit: {
            /**
             * @description The id of a store in the store master. The job fails if the store master does not contain it.
             * @example RP00002
             */
            store_id: string;
            /**
             * @description Absolute http: or https: URLs of at most 8192 characters, without user info. They are sent to the host as they are written. s3://bucket/key names an object of a bucket that is configured on the server.
             * @example [
             *       "https://www.gstatic.com/webp/gallery/2.jpg"
             *     ]
             */
            image_url: string[];
            /**
             * @description RFC 3339, with an offset or Z. Where the job has a `time_zone`, also a local time such as `2026-11-17 17:06`, `17/11/2026 5:06 PM` or `17 Nov 2026 17:06`. A date that could be read as day/month or month/day is refused.
             * @example 2024-11-16T12:00:00Z
             */
            visit_time: string;
            /**
             * @description Your own id of the visit. It is returned with the visit and its images.
             * @example V-1001
             */
            reference?: string | null;
            /**
             * @description An object of at most 16 texts and 4 KiB as JSON. Keys have up to 64 characters, values up to 512. It is returned unchanged.
             * @example {
             *       "Rep": "Rep 7"
             *     }
             */
            metadata?: {
                [key: string]: string;
            } | null;
        };
        ShelflineNewJob: {
            /**
             * @description The number of visits.
             * @example 2
             */
            count: number;
            /**
             * @example [
             *       {
             *         "store_id": "RP00002",
             *         "image_url": [
             *           "https://www.gstatic.com/webp/gallery/2.jpg"
             *         ],
             *         "visit_time": "2024-11-16T12:00:00Z"
             *       },
             *       {
             *         "store_id": "RP00002",
             *         "image_url": [
             *           "https://www.gstatic.com/webp/gallery/2.jpg"
             *         ],
             *         "visit_time": "2024-11-16T12:00:00Z"
             *       }
             *     ]
             */
            visits: components["schemas"]["ShelflineNewVisit"][];
            /**
             * @description Your own label for the job.
             * @example week 46
             */
            reference?: string | null;
            /**
             * @description Receives a signed POST (Standard Webhooks) each time the job ends. Only available if the server has a WEBHOOK_SECRET.
             * @example null
             */
            callback_url?: string | null;
            /**
             * @description An object of at most 16 texts and 4 KiB as JSON. Keys have up to 64 characters, values up to 512. It is returned unchanged.
             * @example {
             *       "campaign": "Diwali"
             *     }
             */
            metadata?: {
                [key: string]: string;
            } | null;
            /**
             * @description IANA name of the zone of times without an offset, in `visit_time` and in the EXIF of the photos. An abbreviation such as IST is refused.
             * @example Asia/Kolkata
             */
            time_zone?: string | null;
        };
        ShelflineImageCounts: {
            /** @example 2 */
            total: number;
            /** @example 1 */
            pending: number;
            /** @example 1 */
            succeeded: number;
            /** @example 0 */
            failed: number;
            /**
             * @description Images of visits to unknown stores, and images that were not fetched before a cancel.
             * @example 0
             */
            skipped: number;
        };
        ShelflineCallback: {
            /** @example https://field.example.com/hooks/shelfline */
            url: string;
            /**
             * @description `waiting` before the first attempt, `delivered` after a response of 2xx, `retrying` between further attempts.
             * @example delivered
             * @enum {string}
             */
            state: "waiting" | "delivered" | "retrying" | "given_up";
            /** @example 1 */
            attempts: number;
            /**
             * @description The status of the last response. Null if the last attempt got none.
             * @example 200
             */
            last_status: number | null;
            /**
             * Format: date-time
             * @example 2024-11-16T10:00:03.000Z
             */
            last_attempt_at: string | null;
        } | null;
        ShelflineJobError: {
            /** @example RP00002 */
            store_id: string;
            /** @example Image download failed: https://example.com/a.jpg: the host answered 404 Not Found */
            error: string;
        };
        ShelflineJob: {
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
            /** @example week 46 */
            reference: string | null;
            /**
             * @description The metadata of the submission.
             * @example {
             *       "campaign": "Diwali"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /**
             * @description The name of the API key that the job was submitted with. Null without keys.
             * @example field-team
             */
            submitted_by: string | null;
            /**
             * @example ongoing
             * @enum {string}
             */
            status: "ongoing" | "completed" | "failed" | "cancelled";
            /**
             * @description The number of visits.
             * @example 2
             */
            count: number;
            images: components["schemas"]["ShelflineImageCounts"];
            /**
             * @description The number of failed images by `error_code`. Codes that did not occur are absent.
             * @example {
             *       "http_status": 1
             *     }
             */
            failures: {
                [key: string]: number;
            };
            /**
             * @description The number of images with each flag, as they stood when the job was counted, seconds after its end. Null before that, and if flags are off.
             * @example {
             *       "same_file": 1
             *     }
             */
            flags: {
                [key: string]: number;
            } | null;
            /**
             * Format: date-time
             * @example 2024-11-16T10:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2024-11-16T10:00:00.012Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example null
             */
            finished_at: string | null;
            /** @description The state of the webhook for the last end. Null without a callback_url. */
            callback: components["schemas"]["ShelflineCallback"] | null;
            /**
             * @description The first 100 entries.
             * @example []
             */
            error: components["schemas"]["ShelflineJobError"][];
            /** @example 0 */
            error_count: number;
        };
        ShelflineJobEvent: {
            /**
             * @example job.completed
             * @enum {string}
             */
            type: "job.completed" | "job.failed" | "job.cancelled";
            /**
             * Format: date-time
             * @description When the job ended.
             * @example 2024-11-16T10:00:02.500Z
             */
            timestamp: string;
            /** @description The job at that time. */
            data: components["schemas"]["ShelflineJob"];
        };
        ShelflineDryRunFault: {
            /**
             * @description The row of the spreadsheet (the header is row 1), or the line of NDJSON.
             * @example 4
             */
            row: number | null;
            /**
             * @description The heading of the column, the name of the field, or its path in JSON.
             * @example Visit Time
             */
            column: string | null;
            /**
             * @description The shortened value.
             * @example 2026-11-17 17:06
             */
            value: string | null;
            /** @example "2026-11-17 17:06" has no offset, and no time_zone is given */
            message: string;
        };
        ShelflineDryRunErrorBody: {
            /**
             * @description One sentence that says what is wrong.
             * @example Job not found
             */
            error: string;
            /**
             * @description A stable code for programs.
             * @example job_not_found
             */
            code: string;
            /**
             * @description The first 20 faults of the input.
             * @example []
             */
            details: components["schemas"]["ShelflineFault"][];
            /**
             * @description The number of all faults.
             * @example 1
             */
            fault_count: number;
            /** @description The first 1,000 faults. */
            faults: components["schemas"]["ShelflineDryRunFault"][];
        };
        ShelflineColumnOfFile: {
            /**
             * @description The heading in the file.
             * @example Store ID
             */
            header: string;
            /**
             * @description The field that the column becomes.
             * @example store_id
             * @enum {string}
             */
            field: "store_id" | "image_url" | "visit_time" | "visit" | "reference" | "metadata";
        };
        ShelflineUnknownStore: {
            /** @example RP99999 */
            store_id: string;
            /**
             * @description The number of visits to this store.
             * @example 3
             */
            visits: number;
        };
        ShelflineDryRun: {
            /**
             * @example true
             * @enum {boolean}
             */
            valid: true;
            /** @example 200 */
            visits: number;
            /** @example 640 */
            images: number;
            /** @description The columns of a CSV file. Empty for other bodies. */
            columns: components["schemas"]["ShelflineColumnOfFile"][];
            /** @description The first 100 stores that are not in the store master. The job would fail for them. */
            unknown_stores: components["schemas"]["ShelflineUnknownStore"][];
        };
        ShelflineSubmittedJob: {
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
        };
        ShelflineJobPage: {
            items: components["schemas"]["ShelflineJob"][];
            /** @example null */
            next_cursor: string | null;
        };
        ShelflineFlag: {
            /**
             * @example too_small
             * @enum {string}
             */
            code: "same_file" | "same_picture" | "repeated_in_visit" | "common_image" | "other_time" | "clock_implausible" | "elsewhere" | "not_a_camera_format" | "too_small";
            /**
             * @description What the flag rests on. `same_file`, `same_picture` and `repeated_in_visit`: `count` of the other images (`at_least` if there are more) and the first 5 of them as `images`: `image_id`, `job_id`, `store_id`, `visit_time`, `same_job`. `common_image`: `stores`. `other_time`: `capture_time`, `source`, `delay_seconds`, `limit_seconds`. `clock_implausible`: `capture_time`. `elsewhere`: `distance_meters`, `error_meters`, `limit_meters`. `not_a_camera_format`: `format`. `too_small`: `side`.
             * @example {
             *       "side": 368
             *     }
             */
            evidence: {
                [key: string]: unknown;
            };
        };
        ShelflineImageResult: {
            /** @example img_1_0 */
            image_id: string;
            /** @example visit_1_0 */
            visit_id: string;
            /** @example RP00002 */
            store_id: string;
            /**
             * Format: date-time
             * @example 2024-11-16T12:00:00.000Z
             */
            visit_time: string;
            /**
             * @description The submitter's own id of the visit.
             * @example null
             */
            visit_reference: string | null;
            /**
             * @description The metadata that the submitter gave the visit.
             * @example {}
             */
            visit_metadata: {
                [key: string]: string;
            };
            /** @example https://www.gstatic.com/webp/gallery/2.jpg */
            image_url: string;
            /**
             * @example succeeded
             * @enum {string}
             */
            status: "pending" | "succeeded" | "failed" | "skipped";
            /**
             * @description Pixels, before EXIF rotation.
             * @example 550
             */
            width: number | null;
            /** @example 368 */
            height: number | null;
            /**
             * @description 2 × (width + height), in pixels.
             * @example 1836
             */
            perimeter: number | null;
            /** @example jpg */
            format: string | null;
            /** @example image/jpeg */
            mime: string | null;
            /**
             * @description EXIF orientation.
             * @example null
             */
            orientation: number | null;
            /**
             * @description Bytes, as the host declared them.
             * @example 30320
             */
            content_length: number | null;
            /** @example 1 */
            attempts: number;
            /**
             * @description Why the image failed or was skipped.
             * @example null
             */
            error: string | null;
            /**
             * @description A stable code for `error`. A skipped image has `unknown_store` or `cancelled`.
             * @example null
             */
            error_code: string | null;
            /**
             * Format: date-time
             * @example 2024-11-16T10:00:00.120Z
             */
            processed_at: string | null;
            /**
             * @description The results of the analyzers, by their names. `exif` holds what the photo says about itself: when it was taken (`capture_time`, and `capture_time_source`: `original`, `digitized`, `modified` or `gps`), how long after the visit (`capture_delay_seconds`), by which `camera`, and where (`latitude` and `longitude` in degrees of WGS 84, `position_error_meters`). A value that the photo does not have, or that cannot be read, is null.
             * @example {
             *       "exif": {
             *         "capture_time": "2024-11-16T12:04:10.000Z",
             *         "capture_time_source": "original",
             *         "capture_delay_seconds": 250,
             *         "camera": "Acme Shelf 3",
             *         "latitude": 12.971599,
             *         "longitude": 77.594566,
             *         "position_error_meters": 4.7
             *       }
             *     }
             */
            analysis: {
                [key: string]: unknown;
            };
            /**
             * @description What was found about the image, with its evidence. A flag is never a verdict, and changes no status.
             * @example [
             *       {
             *         "code": "too_small",
             *         "evidence": {
             *           "side": 368
             *         }
             *       }
             *     ]
             */
            flags: components["schemas"]["ShelflineFlag"][];
        };
        ShelflineImageResultPage: {
            items: components["schemas"]["ShelflineImageResult"][];
            /** @example null */
            next_cursor: string | null;
        };
        ShelflineFailure: {
            /**
             * @example http_status
             * @enum {string}
             */
            error_code: "forbidden_address" | "host_not_allowed" | "dns" | "connection" | "timeout" | "tls" | "http_status" | "throttled" | "bad_redirect" | "too_many_redirects" | "too_large" | "not_an_image" | "broken_image" | "unsupported_format" | "unmeasurable" | "bad_response" | "rejected" | "analysis_failed" | "analysis_timeout" | "internal";
            /**
             * @description The host of the URLs without its port, or the bucket of `s3:` URLs. `other` stands for all hosts after the first 1,000.
             * @example photos.example.com
             */
            host: string;
            /**
             * @description The number of images.
             * @example 12
             */
            count: number;
            /**
             * @description The URL of one of these images.
             * @example https://photos.example.com/RP00002/1.jpg
             */
            example_url: string;
        };
        ShelflineFailureList: {
            items: components["schemas"]["ShelflineFailure"][];
        };
        ShelflineJobStatus: {
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
            /**
             * @example completed
             * @enum {string}
             */
            status: "ongoing" | "completed" | "cancelled";
        };
        ShelflineFailedJobStatus: {
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
            /**
             * @example failed
             * @enum {string}
             */
            status: "failed";
            /** @description The first 1,000 entries, in order of submission. */
            error: components["schemas"]["ShelflineJobError"][];
        };
        ShelflineReview: {
            /**
             * @description What a person decided about the visit.
             * @example approved
             * @enum {string}
             */
            state: "approved" | "rejected" | "needs_attention";
            /** @example The shelf is stocked. */
            note: string | null;
            /**
             * @description The name of the API key that the review was sent with; null without keys.
             * @example office
             */
            by: string | null;
            /**
             * Format: date-time
             * @example 2024-11-17T09:30:00.000Z
             */
            at: string;
            /**
             * @description Whether the job was retried after the review.
             * @example false
             */
            outdated: boolean;
        } | null;
        ShelflineVisitImage: {
            /** @example img_1_0 */
            image_id: string;
            /** @example https://www.gstatic.com/webp/gallery/2.jpg */
            image_url: string;
            /**
             * @example succeeded
             * @enum {string}
             */
            status: "pending" | "succeeded" | "failed" | "skipped";
            /**
             * @description Pixels, before EXIF rotation.
             * @example 550
             */
            width: number | null;
            /** @example 368 */
            height: number | null;
            /**
             * @description 2 × (width + height), in pixels.
             * @example 1836
             */
            perimeter: number | null;
            /**
             * @description Why the image failed or was skipped.
             * @example null
             */
            error: string | null;
            /**
             * @description What was found about the image, with its evidence. A flag is never a verdict, and changes no status.
             * @example [
             *       {
             *         "code": "too_small",
             *         "evidence": {
             *           "side": 368
             *         }
             *       }
             *     ]
             */
            flags: components["schemas"]["ShelflineFlag"][];
        };
        ShelflineVisit: {
            /** @example visit_1_0 */
            visit_id: string;
            /** @example job_20241116100000_8f14e45fceea167a5a36 */
            job_id: string;
            /** @example RP00002 */
            store_id: string;
            /**
             * @description Current name in the store master; null for an unknown store.
             * @example Corner Market
             */
            store_name: string | null;
            /**
             * @description The area of the store when the visit was submitted; null for an unknown store.
             * @example 7100015
             */
            area_code: string | null;
            /**
             * Format: date-time
             * @example 2024-11-16T12:00:00.000Z
             */
            visit_time: string;
            /**
             * @description The submitter's own id of the visit.
             * @example V-1001
             */
            reference: string | null;
            /**
             * @description The metadata that the submitter gave the visit.
             * @example {
             *       "Rep": "Rep 7"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /**
             * @description `ongoing` while an image is pending, `completed` when all have succeeded, `failed` when one has failed or was skipped because the job was cancelled, `unknown_store` when the store master had no such store: its images are not fetched.
             * @example completed
             * @enum {string}
             */
            status: "ongoing" | "completed" | "failed" | "unknown_store";
            /**
             * @description The codes of the flags that its images have, each once.
             * @example [
             *       "too_small"
             *     ]
             */
            flags: ("same_file" | "same_picture" | "repeated_in_visit" | "common_image" | "other_time" | "clock_implausible" | "elsewhere" | "not_a_camera_format" | "too_small")[];
            /** @description What a person decided about the visit; null without a review. */
            review: components["schemas"]["ShelflineReview"] | null;
            images: components["schemas"]["ShelflineVisitImage"][];
        };
        ShelflineVisitPage: {
            items: components["schemas"]["ShelflineVisit"][];
            /** @example null */
            next_cursor: string | null;
        };
        ShelflineVisitCount: {
            /** @example 1204 */
            count: number;
            /**
             * @description Whether there may be more: 10,000 visits are counted, among the next 50,000 at most.
             * @example false
             */
            at_least: boolean;
        };
        ShelflinePutReview: {
            /**
             * @description What a person decided about the visit.
             * @example approved
             * @enum {string}
             */
            state: "approved" | "rejected" | "needs_attention";
            /** @example The shelf is stocked. */
            note?: string | null;
        };
        ShelflineCoverageTotals: {
            /** @example 4310 */
            covered: number;
            /** @example 420 */
            no_usable_photo: number;
            /** @example 214 */
            not_visited: number;
        } | null;
        ShelflineStoreCoverage: {
            /** @example RP00002 */
            store_id: string;
            /** @example Corner Market */
            store_name: string;
            /**
             * @description The area of the store now.
             * @example 7100015
             */
            area_code: string;
            /** @example 4 */
            visits: number;
            /**
             * @description The images of these visits.
             * @example 12
             */
            images: number;
            /**
             * @description Images that succeeded and are not `too_small`, of visits that were not rejected in a review.
             * @example 11
             */
            usable: number;
            /**
             * @description Visits with a flagged image.
             * @example 1
             */
            flagged: number;
            /**
             * Format: date-time
             * @example 2026-11-16T12:00:00.000Z
             */
            last_visit_time: string | null;
            /**
             * Format: date-time
             * @description The time of the last visit with a usable image.
             * @example 2026-11-16T12:00:00.000Z
             */
            last_usable_time: string | null;
            /**
             * @description Why a visited store has no usable photo: the most frequent `error_code` or flag of its images. Null where no image has failed or was skipped.
             * @example null
             */
            reason: string | null;
            /**
             * @example covered
             * @enum {string}
             */
            state: "covered" | "no_usable_photo" | "not_visited";
        };
        ShelflineCoveragePage: {
            /** @description The number of stores in each state, whatever `state` selects. Null on all pages but the first. */
            totals: components["schemas"]["ShelflineCoverageTotals"] | null;
            items: components["schemas"]["ShelflineStoreCoverage"][];
            /** @example null */
            next_cursor: string | null;
        };
        ShelflineAreaCoverage: {
            /** @example 7100015 */
            area_code: string;
            /**
             * Format: date
             * @description The first day of the interval in the time zone. The first interval may begin before `from`.
             * @example 2026-11-16
             */
            start: string;
            /**
             * @description The stores that are in the area now.
             * @example 98
             */
            stores: number;
            /** @example 91 */
            covered: number;
            /** @example 5 */
            no_usable_photo: number;
            /** @example 2 */
            not_visited: number;
        };
        ShelflineCoverageSummary: {
            items: components["schemas"]["ShelflineAreaCoverage"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "version": "0.1.0",
                     *       "commit": "8f14e45fceea"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "version": "0.1.0",
                     *       "commit": "8f14e45fceea"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Not ready: `details` name what is missing. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Not ready: `details` name what is missing.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text format of Prometheus. If the database is unavailable, a metric says so and those of the queue are left out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example shelfline_database_up 1 */
                    "text/plain; version=0.0.4": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `metrics`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `metrics`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The name and the scopes of the key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "field-team",
                     *       "scopes": [
                     *         "read",
                     *         "submit"
                     *       ],
                     *       "share": null
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit is not a parameter of this route, which takes none.",
                     *       "code": "unknown_parameter",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "is not a parameter of this route, which takes none"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    shareJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expires_in_hours": 72
                 *     }
                 */
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "url": "https://shelfline.example.com/shared#share_WyJqb2JfMjAyNDExMTYxMDAwMDAiLDE3MzE3NTg0MDBd.c2lnbmF0dXJl"
                     *     }
                     */
                    "application/json": components["schemas"]["SharedLink"];
                };
            };
            /** @description A field is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A field is wrong.",
                     *       "code": "invalid_input",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The server has no keys or no PUBLIC_URL. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The server has no keys or no PUBLIC_URL.",
                     *       "code": "conflict",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is not JSON in UTF-8, or its Content-Encoding is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is not JSON in UTF-8, or its Content-Encoding is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many bodies are being taken in. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listStores: {
        parameters: {
            query?: {
                /** @description The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and `cursor` have no effect. */
                format?: "json" | "ndjson" | "csv" | "xlsx";
                /** @description An IANA time zone, such as `Asia/Kolkata`. Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC. */
                time_zone?: string;
                /** @description Maximum number of items of the page. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Stores in this area. */
                area_code?: string;
                /** @description Only stores with this text in the name or id, in any case. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of stores, or a file with all of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "store_id": "RP00002",
                     *           "store_name": "Corner Market",
                     *           "area_code": "7100015",
                     *           "latitude": 12.9716,
                     *           "longitude": 77.5946,
                     *           "radius_meters": 200
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineStorePage"];
                    /**
                     * @example store_id,store_name,area_code,latitude,longitude,radius_meters
                     *     RP00002,Corner Market,7100015,12.9716,77.5946,200
                     */
                    "text/csv": string;
                    /** @example {"store_id":"RP00002","store_name":"Corner Market","area_code":"7100015","latitude":12.9716,"longitude":77.5946,"radius_meters":200} */
                    "application/x-ndjson": string;
                    /** @example The bytes of the file */
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    importStores: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The file itself, or a form with the file in the field `file`. */
        requestBody: {
            content: {
                /**
                 * @example AreaCode,StoreName,StoreID,Latitude,Longitude,RadiusMeters
                 *     7100015,Corner Market,RP00002,12.9716,77.5946,200
                 *     7100015,"Fern, Moss & Co",RP00003,,,
                 */
                "text/csv": string;
                /**
                 * @example {
                 *       "file": "AreaCode,StoreName,StoreID,Latitude,Longitude,RadiusMeters\n7100015,Corner Market,RP00002,12.9716,77.5946,200\n7100015,\"Fern, Moss & Co\",RP00003,,,\n"
                 *     }
                 */
                "multipart/form-data": {
                    /** @description The charset of the file. The default is UTF-8. The field has to come before the file. */
                    charset?: string;
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The number of rows by result. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "received": 4944,
                     *       "inserted": 4940,
                     *       "updated": 2,
                     *       "unchanged": 1,
                     *       "rejected_count": 1,
                     *       "rejected": [
                     *         {
                     *           "line": 17,
                     *           "error": "StoreID must have 1 to 64 characters"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineImportResult"];
                };
            };
            /** @description An unknown header, broken CSV, or too many rejected rows. Nothing is changed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "An unknown header, broken CSV, or too many rejected rows. Nothing is changed.",
                     *       "code": "invalid_input",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The file is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The file is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Neither CSV nor a form, or with a Content-Encoding or a charset that is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Neither CSV nor a form, or with a Content-Encoding or a charset that is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the store. */
                store_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The store. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "store_id": "RP00002",
                     *       "store_name": "Corner Market",
                     *       "area_code": "7100015",
                     *       "latitude": 12.9716,
                     *       "longitude": 77.5946,
                     *       "radius_meters": 200
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineStore"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Store not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Store not found",
                     *       "code": "store_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    putStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the store. */
                store_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "store_name": "Corner Market",
                 *       "area_code": "7100015",
                 *       "latitude": 12.9716,
                 *       "longitude": 77.5946,
                 *       "radius_meters": 200
                 *     }
                 */
                "application/json": components["schemas"]["ShelflinePutStore"];
            };
        };
        responses: {
            /** @description The store was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "store_id": "RP00002",
                     *       "store_name": "Corner Market",
                     *       "area_code": "7100015",
                     *       "latitude": 12.9716,
                     *       "longitude": 77.5946,
                     *       "radius_meters": 200
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineStore"];
                };
            };
            /** @description The store was created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "store_id": "RP00002",
                     *       "store_name": "Corner Market",
                     *       "area_code": "7100015",
                     *       "latitude": 12.9716,
                     *       "longitude": 77.5946,
                     *       "radius_meters": 200
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineStore"];
                };
            };
            /** @description A field or the path is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A field or the path is wrong.",
                     *       "code": "invalid_input",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is not JSON in UTF-8, or its Content-Encoding is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is not JSON in UTF-8, or its Content-Encoding is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many bodies are being taken in. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    deleteStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the store. */
                store_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The store was deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Store not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Store not found",
                     *       "code": "store_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and `cursor` have no effect. */
                format?: "json" | "ndjson" | "csv" | "xlsx";
                /** @description An IANA time zone, such as `Asia/Kolkata`. Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC. */
                time_zone?: string;
                /** @description Maximum number of items of the page. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Only jobs with this status. */
                status?: "ongoing" | "completed" | "failed" | "cancelled";
                /** @description Only jobs with a visit to this store. */
                store_id?: string;
                /** @description Only jobs with this reference. */
                reference?: string;
                /** @description Only jobs with this text in the reference or id, in any case. */
                q?: string;
                /** @description Only jobs created at or after this time. */
                from?: string;
                /** @description Only jobs created before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs, or a file with all of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *           "reference": null,
                     *           "metadata": {},
                     *           "submitted_by": "field-team",
                     *           "status": "completed",
                     *           "count": 2,
                     *           "images": {
                     *             "total": 2,
                     *             "pending": 0,
                     *             "succeeded": 2,
                     *             "failed": 0,
                     *             "skipped": 0
                     *           },
                     *           "failures": {},
                     *           "flags": {
                     *             "same_file": 1
                     *           },
                     *           "created_at": "2024-11-16T10:00:00.000Z",
                     *           "started_at": "2024-11-16T10:00:00.040Z",
                     *           "finished_at": "2024-11-16T10:00:02.500Z",
                     *           "callback": {
                     *             "url": "https://field.example.com/hooks/shelfline",
                     *             "state": "waiting",
                     *             "attempts": 0,
                     *             "last_status": null,
                     *             "last_attempt_at": null
                     *           },
                     *           "error": [],
                     *           "error_count": 0
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineJobPage"];
                    /**
                     * @example job_id,reference,submitted_by,status,visits,images,succeeded,failed,skipped,pending,created_at,started_at,finished_at,metadata,callback_url,callback_state
                     *     job_20241116100000_8f14e45fceea167a5a36,Week 46,nightly-upload,completed,1,1,1,0,0,0,2024-11-16T10:00:00.000Z,2024-11-16T10:00:00.080Z,2024-11-16T10:00:00.120Z,,,
                     */
                    "text/csv": string;
                    /** @example {"job_id":"job_20241116100000_8f14e45fceea167a5a36","reference":null,"metadata":{},"submitted_by":"field-team","status":"completed","count":2,"images":{"total":2,"pending":0,"succeeded":2,"failed":0,"skipped":0},"failures":{},"flags":{"same_file":1},"created_at":"2024-11-16T10:00:00.000Z","started_at":"2024-11-16T10:00:00.040Z","finished_at":"2024-11-16T10:00:02.500Z","callback":{"url":"https://field.example.com/hooks/shelfline","state":"waiting","attempts":0,"last_status":null,"last_attempt_at":null},"error":[],"error_count":0} */
                    "application/x-ndjson": string;
                    /** @example The bytes of the file */
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    submitJob: {
        parameters: {
            query?: {
                /** @description The number of visits. If given, it has to match. Only for NDJSON and CSV: a JSON body has its own field. */
                count?: number;
                /** @description Your own label for the job. Only for NDJSON and CSV: a JSON body has its own field. */
                reference?: string;
                /** @description Receives a signed POST (Standard Webhooks) each time the job ends. Only available if the server has a WEBHOOK_SECRET. Only for NDJSON and CSV: a JSON body has its own field. */
                callback_url?: string;
                /** @description IANA name of the zone of times without an offset, in `visit_time` and in the EXIF of the photos. An abbreviation such as IST is refused. Only for NDJSON and CSV: a JSON body has its own field. */
                time_zone?: string;
                /** @description Metadata of the job, as JSON: an object of at most 16 texts. Only for NDJSON and CSV: a JSON body has its own field. */
                metadata?: string;
                /** @description Checks the submission without storing anything. The Idempotency-Key is ignored. */
                dry_run?: boolean;
            };
            header?: {
                /** @description Unique key for this submission. Repeating it returns the original job instead of creating another. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShelflineNewJob"];
                "application/x-ndjson": string;
                "text/csv": string;
                /**
                 * @example {
                 *       "time_zone": "Asia/Kolkata",
                 *       "file": "store_id,image_url,visit_time\nRP00002,https://www.gstatic.com/webp/gallery/2.jpg,2024-11-16T12:00:00Z\nRP00002,https://www.gstatic.com/webp/gallery/2.jpg,2024-11-16T12:00:00Z\n"
                 *     }
                 */
                "multipart/form-data": {
                    count?: number;
                    reference?: string;
                    callback_url?: string;
                    time_zone?: string;
                    /** @description The metadata as JSON. */
                    metadata?: string;
                    dry_run?: boolean;
                    /** @description The charset of the file. The default is UTF-8. */
                    charset?: string;
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description A dry run without faults. Nothing is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "visits": 200,
                     *       "images": 640,
                     *       "columns": [
                     *         {
                     *           "header": "Store ID",
                     *           "field": "store_id"
                     *         }
                     *       ],
                     *       "unknown_stores": [
                     *         {
                     *           "store_id": "RP99999",
                     *           "visits": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineDryRun"];
                };
            };
            /** @description The job is stored. It survives crashes and restarts. */
            201: {
                headers: {
                    /** @description The path of the job. */
                    Location: string;
                    /** @description `true` if an earlier request with this Idempotency-Key created the job. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36"
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineSubmittedJob"];
                };
            };
            /** @description The faults and their paths. If `count` is not the number of visits, only `error`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShelflineErrorBody"] | components["schemas"]["ShelflineDryRunErrorBody"] | {
                        error: string;
                    };
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `submit`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job of the Idempotency-Key was deleted while its repeat streamed in. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job of the Idempotency-Key was deleted while its repeat streamed in.",
                     *       "code": "conflict",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is not JSON, NDJSON, CSV or a form, or its charset or Content-Encoding is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is not JSON, NDJSON, CSV or a form, or its charset or Content-Encoding is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The Idempotency-Key was used for another submission. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The Idempotency-Key was used for another submission.",
                     *       "code": "idempotency_key_reused",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many bodies are being taken in. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    submitJobByOlderName: {
        parameters: {
            query?: {
                /** @description The number of visits. If given, it has to match. Only for NDJSON and CSV: a JSON body has its own field. */
                count?: number;
                /** @description Your own label for the job. Only for NDJSON and CSV: a JSON body has its own field. */
                reference?: string;
                /** @description Receives a signed POST (Standard Webhooks) each time the job ends. Only available if the server has a WEBHOOK_SECRET. Only for NDJSON and CSV: a JSON body has its own field. */
                callback_url?: string;
                /** @description IANA name of the zone of times without an offset, in `visit_time` and in the EXIF of the photos. An abbreviation such as IST is refused. Only for NDJSON and CSV: a JSON body has its own field. */
                time_zone?: string;
                /** @description Metadata of the job, as JSON: an object of at most 16 texts. Only for NDJSON and CSV: a JSON body has its own field. */
                metadata?: string;
                /** @description Checks the submission without storing anything. The Idempotency-Key is ignored. */
                dry_run?: boolean;
            };
            header?: {
                /** @description Unique key for this submission. Repeating it returns the original job instead of creating another. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShelflineNewJob"];
                "application/x-ndjson": string;
                "text/csv": string;
                /**
                 * @example {
                 *       "time_zone": "Asia/Kolkata",
                 *       "file": "store_id,image_url,visit_time\nRP00002,https://www.gstatic.com/webp/gallery/2.jpg,2024-11-16T12:00:00Z\nRP00002,https://www.gstatic.com/webp/gallery/2.jpg,2024-11-16T12:00:00Z\n"
                 *     }
                 */
                "multipart/form-data": {
                    count?: number;
                    reference?: string;
                    callback_url?: string;
                    time_zone?: string;
                    /** @description The metadata as JSON. */
                    metadata?: string;
                    dry_run?: boolean;
                    /** @description The charset of the file. The default is UTF-8. */
                    charset?: string;
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description A dry run without faults. Nothing is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "visits": 200,
                     *       "images": 640,
                     *       "columns": [
                     *         {
                     *           "header": "Store ID",
                     *           "field": "store_id"
                     *         }
                     *       ],
                     *       "unknown_stores": [
                     *         {
                     *           "store_id": "RP99999",
                     *           "visits": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineDryRun"];
                };
            };
            /** @description The job is stored. It survives crashes and restarts. */
            201: {
                headers: {
                    /** @description The path of the job. */
                    Location: string;
                    /** @description `true` if an earlier request with this Idempotency-Key created the job. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36"
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineSubmittedJob"];
                };
            };
            /** @description The faults and their paths. If `count` is not the number of visits, only `error`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShelflineErrorBody"] | components["schemas"]["ShelflineDryRunErrorBody"] | {
                        error: string;
                    };
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `submit`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job of the Idempotency-Key was deleted while its repeat streamed in. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job of the Idempotency-Key was deleted while its repeat streamed in.",
                     *       "code": "conflict",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is not JSON, NDJSON, CSV or a form, or its charset or Content-Encoding is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is not JSON, NDJSON, CSV or a form, or its charset or Content-Encoding is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The Idempotency-Key was used for another submission. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The Idempotency-Key was used for another submission.",
                     *       "code": "idempotency_key_reused",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many bodies are being taken in. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "reference": "week 46",
                     *       "metadata": {
                     *         "campaign": "Diwali"
                     *       },
                     *       "submitted_by": "field-team",
                     *       "status": "ongoing",
                     *       "count": 2,
                     *       "images": {
                     *         "total": 2,
                     *         "pending": 1,
                     *         "succeeded": 1,
                     *         "failed": 0,
                     *         "skipped": 0
                     *       },
                     *       "failures": {
                     *         "http_status": 1
                     *       },
                     *       "flags": {
                     *         "same_file": 1
                     *       },
                     *       "created_at": "2024-11-16T10:00:00.000Z",
                     *       "started_at": "2024-11-16T10:00:00.012Z",
                     *       "finished_at": null,
                     *       "callback": {
                     *         "url": "https://field.example.com/hooks/shelfline",
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "last_status": 200,
                     *         "last_attempt_at": "2024-11-16T10:00:03.000Z"
                     *       },
                     *       "error": [],
                     *       "error_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineJob"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    deleteJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job was deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job is ongoing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job is ongoing.",
                     *       "code": "job_ongoing",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listJobImages: {
        parameters: {
            query?: {
                /** @description The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and `cursor` have no effect. */
                format?: "json" | "ndjson" | "csv" | "xlsx";
                /** @description An IANA time zone, such as `Asia/Kolkata`. Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC. */
                time_zone?: string;
                /** @description Maximum number of items of the page. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Only images with this status. */
                status?: "pending" | "succeeded" | "failed" | "skipped";
                /** @description Only images of visits to this store. */
                store_id?: string;
                /** @description Only images that failed with this error code. */
                error_code?: "forbidden_address" | "host_not_allowed" | "dns" | "connection" | "timeout" | "tls" | "http_status" | "throttled" | "bad_redirect" | "too_many_redirects" | "too_large" | "not_an_image" | "broken_image" | "unsupported_format" | "unmeasurable" | "bad_response" | "rejected" | "analysis_failed" | "analysis_timeout" | "internal";
                /** @description Only images that failed and whose URL has this host, as `failures` of the job names it: without its port, or the bucket of `s3:` URLs. */
                host?: string;
                /** @description Only images with this flag; `any` for all that have one. */
                flag?: "same_file" | "same_picture" | "repeated_in_visit" | "common_image" | "other_time" | "clock_implausible" | "elsewhere" | "not_a_camera_format" | "too_small" | "any";
            };
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of results, or a file with all of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "image_id": "img_1_0",
                     *           "visit_id": "visit_1_0",
                     *           "store_id": "RP00002",
                     *           "visit_time": "2024-11-16T12:00:00.000Z",
                     *           "visit_reference": null,
                     *           "visit_metadata": {},
                     *           "image_url": "https://www.gstatic.com/webp/gallery/2.jpg",
                     *           "status": "succeeded",
                     *           "width": 550,
                     *           "height": 368,
                     *           "perimeter": 1836,
                     *           "format": "jpg",
                     *           "mime": "image/jpeg",
                     *           "orientation": null,
                     *           "content_length": 30320,
                     *           "attempts": 1,
                     *           "error": null,
                     *           "error_code": null,
                     *           "processed_at": "2024-11-16T10:00:00.120Z",
                     *           "analysis": {
                     *             "exif": {
                     *               "capture_time": "2024-11-16T12:04:10.000Z",
                     *               "capture_time_source": "original",
                     *               "capture_delay_seconds": 250,
                     *               "camera": "Acme Shelf 3",
                     *               "latitude": 12.971599,
                     *               "longitude": 77.594566,
                     *               "position_error_meters": 4.7
                     *             }
                     *           },
                     *           "flags": [
                     *             {
                     *               "code": "too_small",
                     *               "evidence": {
                     *                 "side": 368
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineImageResultPage"];
                    /**
                     * @example image_id,store_id,visit_time,image_url,status,width,height,perimeter,format,mime,orientation,content_length,attempts,error,error_code,processed_at,analysis,job_id,job_reference,store_name,area_code,visit_id,visit_reference,visit_metadata,flags,review_state,review_note,review_by,review_at,review_outdated,capture_time,capture_time_source,capture_delay_seconds,camera,latitude,longitude,position_error_meters
                     *     img_1_0,RP00002,2024-11-16T12:00:00.000Z,https://www.gstatic.com/webp/gallery/2.jpg,succeeded,550,368,1836,jpg,image/jpeg,,30320,1,,,2024-11-16T10:00:00.120Z,"{""exif"":{""capture_time"":""2024-11-16T12:04:10.000Z"",""capture_time_source"":""original"",""capture_delay_seconds"":250,""camera"":""Acme Shelf 3"",""latitude"":12.971599,""longitude"":77.594566,""position_error_meters"":4.7}}",job_20241116100000_8f14e45fceea167a5a36,Week 46,Corner Market,7100015,visit_1_0,,,,,,,,,2024-11-16T12:04:10.000Z,original,250,Acme Shelf 3,12.971599,77.594566,4.7
                     */
                    "text/csv": string;
                    /** @example {"image_id":"img_1_0","visit_id":"visit_1_0","store_id":"RP00002","visit_time":"2024-11-16T12:00:00.000Z","visit_reference":null,"visit_metadata":{},"image_url":"https://www.gstatic.com/webp/gallery/2.jpg","status":"succeeded","width":550,"height":368,"perimeter":1836,"format":"jpg","mime":"image/jpeg","orientation":null,"content_length":30320,"attempts":1,"error":null,"error_code":null,"processed_at":"2024-11-16T10:00:00.120Z","analysis":{"exif":{"capture_time":"2024-11-16T12:04:10.000Z","capture_time_source":"original","capture_delay_seconds":250,"camera":"Acme Shelf 3","latitude":12.971599,"longitude":77.594566,"position_error_meters":4.7}},"flags":[{"code":"too_small","evidence":{"side":368}}]} */
                    "application/x-ndjson": string;
                    /** @example The bytes of the file */
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getJobImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
                /** @description The id of the image. */
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The result. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "image_id": "img_1_0",
                     *       "visit_id": "visit_1_0",
                     *       "store_id": "RP00002",
                     *       "visit_time": "2024-11-16T12:00:00.000Z",
                     *       "visit_reference": null,
                     *       "visit_metadata": {},
                     *       "image_url": "https://www.gstatic.com/webp/gallery/2.jpg",
                     *       "status": "succeeded",
                     *       "width": 550,
                     *       "height": 368,
                     *       "perimeter": 1836,
                     *       "format": "jpg",
                     *       "mime": "image/jpeg",
                     *       "orientation": null,
                     *       "content_length": 30320,
                     *       "attempts": 1,
                     *       "error": null,
                     *       "error_code": null,
                     *       "processed_at": "2024-11-16T10:00:00.120Z",
                     *       "analysis": {
                     *         "exif": {
                     *           "capture_time": "2024-11-16T12:04:10.000Z",
                     *           "capture_time_source": "original",
                     *           "capture_delay_seconds": 250,
                     *           "camera": "Acme Shelf 3",
                     *           "latitude": 12.971599,
                     *           "longitude": 77.594566,
                     *           "position_error_meters": 4.7
                     *         }
                     *       },
                     *       "flags": [
                     *         {
                     *           "code": "too_small",
                     *           "evidence": {
                     *             "side": 368
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineImageResult"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found, or the job has no such image */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found, or the job has no such image",
                     *       "code": "not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listJobFailures: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The failures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "error_code": "http_status",
                     *           "host": "photos.example.com",
                     *           "count": 12,
                     *           "example_url": "https://photos.example.com/RP00002/1.jpg"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineFailureList"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job, cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "reference": "week 46",
                     *       "metadata": {
                     *         "campaign": "Diwali"
                     *       },
                     *       "submitted_by": "field-team",
                     *       "status": "ongoing",
                     *       "count": 2,
                     *       "images": {
                     *         "total": 2,
                     *         "pending": 1,
                     *         "succeeded": 1,
                     *         "failed": 0,
                     *         "skipped": 0
                     *       },
                     *       "failures": {
                     *         "http_status": 1
                     *       },
                     *       "flags": {
                     *         "same_file": 1
                     *       },
                     *       "created_at": "2024-11-16T10:00:00.000Z",
                     *       "started_at": "2024-11-16T10:00:00.012Z",
                     *       "finished_at": null,
                     *       "callback": {
                     *         "url": "https://field.example.com/hooks/shelfline",
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "last_status": 200,
                     *         "last_attempt_at": "2024-11-16T10:00:03.000Z"
                     *       },
                     *       "error": [],
                     *       "error_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineJob"];
                };
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job has ended. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job has ended.",
                     *       "code": "conflict",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job, ongoing again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "reference": "week 46",
                     *       "metadata": {
                     *         "campaign": "Diwali"
                     *       },
                     *       "submitted_by": "field-team",
                     *       "status": "ongoing",
                     *       "count": 2,
                     *       "images": {
                     *         "total": 2,
                     *         "pending": 1,
                     *         "succeeded": 1,
                     *         "failed": 0,
                     *         "skipped": 0
                     *       },
                     *       "failures": {
                     *         "http_status": 1
                     *       },
                     *       "flags": {
                     *         "same_file": 1
                     *       },
                     *       "created_at": "2024-11-16T10:00:00.000Z",
                     *       "started_at": "2024-11-16T10:00:00.012Z",
                     *       "finished_at": null,
                     *       "callback": {
                     *         "url": "https://field.example.com/hooks/shelfline",
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "last_status": 200,
                     *         "last_attempt_at": "2024-11-16T10:00:03.000Z"
                     *       },
                     *       "error": [],
                     *       "error_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineJob"];
                };
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job is ongoing or completed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job is ongoing or completed.",
                     *       "code": "job_ongoing",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    sendJobCallback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job, with its callback waiting. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "reference": "week 46",
                     *       "metadata": {
                     *         "campaign": "Diwali"
                     *       },
                     *       "submitted_by": "field-team",
                     *       "status": "ongoing",
                     *       "count": 2,
                     *       "images": {
                     *         "total": 2,
                     *         "pending": 1,
                     *         "succeeded": 1,
                     *         "failed": 0,
                     *         "skipped": 0
                     *       },
                     *       "failures": {
                     *         "http_status": 1
                     *       },
                     *       "flags": {
                     *         "same_file": 1
                     *       },
                     *       "created_at": "2024-11-16T10:00:00.000Z",
                     *       "started_at": "2024-11-16T10:00:00.012Z",
                     *       "finished_at": null,
                     *       "callback": {
                     *         "url": "https://field.example.com/hooks/shelfline",
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "last_status": 200,
                     *         "last_attempt_at": "2024-11-16T10:00:03.000Z"
                     *       },
                     *       "error": [],
                     *       "error_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineJob"];
                };
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `manage`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The job is ongoing, or was submitted without a callback_url. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The job is ongoing, or was submitted without a callback_url.",
                     *       "code": "job_ongoing",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    streamJobEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` that a client which reconnects received last. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The `job_id` from the response to the submission. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until the end of the job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: progress
                     *     data: {"total":2,"pending":1,"succeeded":1,"failed":0,"skipped":0}
                     *
                     *     event: finished
                     *     id: finished-1
                     *     data: {"job_id":"job_20241116100000_8f14e45fceea167a5a36","reference":null,"submitted_by":"field-team","status":"completed","count":2,"images":{"total":2,"pending":0,"succeeded":2,"failed":0,"skipped":0},"failures":{},"flags":{},"created_at":"2024-11-16T10:00:00.000Z","started_at":"2024-11-16T10:00:00.012Z","finished_at":"2024-11-16T10:00:00.530Z","callback":null,"error":[],"error_count":0}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description The client already received the end: its id is in `Last-Event-ID`. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Job not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Job not found",
                     *       "code": "job_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many event streams are open. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getJobStatus: {
        parameters: {
            query: {
                /** @description The `job_id` from the response to the submission. The parameter may also be named `job_id`. */
                jobid: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. Only that of a failed job has errors. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShelflineJobStatus"] | components["schemas"]["ShelflineFailedJobStatus"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The job does not exist, its id is missing, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        error: "Job not found" | "JobID is required";
                    } | components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listVisits: {
        parameters: {
            query?: {
                /** @description The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and `cursor` have no effect. */
                format?: "json" | "ndjson" | "csv" | "xlsx";
                /** @description An IANA time zone, such as `Asia/Kolkata`. Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC. */
                time_zone?: string;
                /** @description Visits of this job. */
                job_id?: string;
                /** @description Visits to this store. */
                store_id?: string;
                /** @description Visits to stores that were in this area when the visit was submitted. */
                area_code?: string;
                /** @description Visits with this id of the submitter's own. */
                reference?: string;
                /** @description Visits with this review; `none` for those without a review. */
                review?: "approved" | "rejected" | "needs_attention" | "none";
                /** @description Visits with an image that has this flag; `any` for all that have one. */
                flag?: "same_file" | "same_picture" | "repeated_in_visit" | "common_image" | "other_time" | "clock_implausible" | "elsewhere" | "not_a_camera_format" | "too_small" | "any";
                /** @description Visits with this status. Those of an earlier version of the server are found once they are counted. */
                status?: "ongoing" | "completed" | "failed" | "unknown_store";
                /** @description Visited at or after. */
                from?: string;
                /** @description Visited before. */
                to?: string;
                /** @description Maximum number of items of the page. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of visits, or a file with all of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "visit_id": "visit_1_0",
                     *           "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *           "store_id": "RP00002",
                     *           "store_name": "Corner Market",
                     *           "area_code": "7100015",
                     *           "visit_time": "2024-11-16T12:00:00.000Z",
                     *           "reference": null,
                     *           "metadata": {},
                     *           "status": "completed",
                     *           "flags": [],
                     *           "review": null,
                     *           "images": [
                     *             {
                     *               "image_id": "img_1_0",
                     *               "image_url": "https://www.gstatic.com/webp/gallery/2.jpg",
                     *               "status": "succeeded",
                     *               "width": 550,
                     *               "height": 368,
                     *               "perimeter": 1836,
                     *               "error": null,
                     *               "flags": []
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineVisitPage"];
                    /**
                     * @example visit_id,job_id,store_id,store_name,area_code,visit_time,reference,metadata,status,images,succeeded,failed,skipped,pending,errors,flags,review_state,review_note,review_by,review_at,review_outdated
                     *     visit_1_0,job_20241116100000_8f14e45fceea167a5a36,RP00002,Corner Market,7100015,2024-11-16T12:00:00.000Z,,,completed,1,1,0,0,0,,,,,,,
                     */
                    "text/csv": string;
                    /** @example {"visit_id":"visit_1_0","job_id":"job_20241116100000_8f14e45fceea167a5a36","store_id":"RP00002","store_name":"Corner Market","area_code":"7100015","visit_time":"2024-11-16T12:00:00.000Z","reference":null,"metadata":{},"status":"completed","flags":[],"review":null,"images":[{"image_id":"img_1_0","image_url":"https://www.gstatic.com/webp/gallery/2.jpg","status":"succeeded","width":550,"height":368,"perimeter":1836,"error":null,"flags":[]}]} */
                    "application/x-ndjson": string;
                    /** @example The bytes of the file */
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    countVisits: {
        parameters: {
            query?: {
                /** @description Visits of this job. */
                job_id?: string;
                /** @description Visits to this store. */
                store_id?: string;
                /** @description Visits to stores that were in this area when the visit was submitted. */
                area_code?: string;
                /** @description Visits with this id of the submitter's own. */
                reference?: string;
                /** @description Visits with this review; `none` for those without a review. */
                review?: "approved" | "rejected" | "needs_attention" | "none";
                /** @description Visits with an image that has this flag; `any` for all that have one. */
                flag?: "same_file" | "same_picture" | "repeated_in_visit" | "common_image" | "other_time" | "clock_implausible" | "elsewhere" | "not_a_camera_format" | "too_small" | "any";
                /** @description Visits with this status. Those of an earlier version of the server are found once they are counted. */
                status?: "ongoing" | "completed" | "failed" | "unknown_store";
                /** @description Visited at or after. */
                from?: string;
                /** @description Visited before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of visits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 1204,
                     *       "at_least": false
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineVisitCount"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    getVisit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the visit. */
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The visit. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "visit_id": "visit_1_0",
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "store_id": "RP00002",
                     *       "store_name": "Corner Market",
                     *       "area_code": "7100015",
                     *       "visit_time": "2024-11-16T12:00:00.000Z",
                     *       "reference": "V-1001",
                     *       "metadata": {
                     *         "Rep": "Rep 7"
                     *       },
                     *       "status": "completed",
                     *       "flags": [
                     *         "too_small"
                     *       ],
                     *       "review": {
                     *         "state": "approved",
                     *         "note": "The shelf is stocked.",
                     *         "by": "office",
                     *         "at": "2024-11-17T09:30:00.000Z",
                     *         "outdated": false
                     *       },
                     *       "images": [
                     *         {
                     *           "image_id": "img_1_0",
                     *           "image_url": "https://www.gstatic.com/webp/gallery/2.jpg",
                     *           "status": "succeeded",
                     *           "width": 550,
                     *           "height": 368,
                     *           "perimeter": 1836,
                     *           "error": null,
                     *           "flags": [
                     *             {
                     *               "code": "too_small",
                     *               "evidence": {
                     *                 "side": 368
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineVisit"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Visit not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Visit not found",
                     *       "code": "visit_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    putReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the visit. */
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "approved",
                 *       "note": "The shelf is stocked."
                 *     }
                 */
                "application/json": components["schemas"]["ShelflinePutReview"];
            };
        };
        responses: {
            /** @description The visit with its review. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "visit_id": "visit_1_0",
                     *       "job_id": "job_20241116100000_8f14e45fceea167a5a36",
                     *       "store_id": "RP00002",
                     *       "store_name": "Corner Market",
                     *       "area_code": "7100015",
                     *       "visit_time": "2024-11-16T12:00:00.000Z",
                     *       "reference": "V-1001",
                     *       "metadata": {
                     *         "Rep": "Rep 7"
                     *       },
                     *       "status": "completed",
                     *       "flags": [
                     *         "too_small"
                     *       ],
                     *       "review": {
                     *         "state": "approved",
                     *         "note": "The shelf is stocked.",
                     *         "by": "office",
                     *         "at": "2024-11-17T09:30:00.000Z",
                     *         "outdated": false
                     *       },
                     *       "images": [
                     *         {
                     *           "image_id": "img_1_0",
                     *           "image_url": "https://www.gstatic.com/webp/gallery/2.jpg",
                     *           "status": "succeeded",
                     *           "width": 550,
                     *           "height": 368,
                     *           "perimeter": 1836,
                     *           "error": null,
                     *           "flags": [
                     *             {
                     *               "code": "too_small",
                     *               "evidence": {
                     *                 "side": 368
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineVisit"];
                };
            };
            /** @description A field is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A field is wrong.",
                     *       "code": "invalid_input",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `review`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Visit not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Visit not found",
                     *       "code": "visit_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is not JSON in UTF-8, or its Content-Encoding is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is not JSON in UTF-8, or its Content-Encoding is not known.",
                     *       "code": "unsupported_media_type",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many bodies are being taken in. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    deleteReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the visit. */
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The visit has no review. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The path holds a broken percent-encoding, or a query parameter is unknown. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The path holds a broken percent-encoding.",
                     *       "code": "bad_path",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description A page of another site may not change anything here. The key lacks the scope `review`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A page of another site may not change anything here.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Visit not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Visit not found",
                     *       "code": "visit_not_found",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    listCoverage: {
        parameters: {
            query: {
                /** @description The form of the answer, instead of the `Accept` header. All but `json` are a file with every matching row, and `limit` and `cursor` have no effect. */
                format?: "json" | "ndjson" | "csv" | "xlsx";
                /** @description The IANA name of the time zone of dates. Times in CSV and XLSX files are local times of it, and the column `time_zone` names it. The default is UTC. */
                time_zone?: string;
                /** @description Visited at or after this date or time. */
                from: string;
                /** @description Visited before this time, or up to the end of this date. At most 366 days after `from`. */
                to: string;
                /** @description Stores that are in this area now. */
                area_code?: string;
                /** @description Stores in this state. */
                state?: "covered" | "no_usable_photo" | "not_visited";
                /** @description Maximum number of items of the page. */
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of stores, or a file with all of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "totals": {
                     *         "covered": 4310,
                     *         "no_usable_photo": 420,
                     *         "not_visited": 214
                     *       },
                     *       "items": [
                     *         {
                     *           "store_id": "RP00002",
                     *           "store_name": "Corner Market",
                     *           "area_code": "7100015",
                     *           "visits": 4,
                     *           "images": 12,
                     *           "usable": 11,
                     *           "flagged": 1,
                     *           "last_visit_time": "2026-11-16T12:00:00.000Z",
                     *           "last_usable_time": "2026-11-16T12:00:00.000Z",
                     *           "reason": null,
                     *           "state": "covered"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineCoveragePage"];
                    /**
                     * @example store_id,store_name,area_code,state,visits,images,usable,flagged,last_visit_time,last_usable_time,reason
                     *     RP00002,Corner Market,7100015,covered,4,12,11,1,2026-11-16T12:00:00.000Z,2026-11-16T12:00:00.000Z,
                     */
                    "text/csv": string;
                    /** @example {"store_id":"RP00002","store_name":"Corner Market","area_code":"7100015","visits":4,"images":12,"usable":11,"flagged":1,"last_visit_time":"2026-11-16T12:00:00.000Z","last_usable_time":"2026-11-16T12:00:00.000Z","reason":null,"state":"covered"} */
                    "application/x-ndjson": string;
                    /** @example The bytes of the file */
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "limit must be a whole number from 1 to 1000.",
                     *       "code": "invalid_input",
                     *       "details": [
                     *         {
                     *           "path": "limit",
                     *           "message": "must be a whole number from 1 to 1000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. Too many exports are under way. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
    summarizeCoverage: {
        parameters: {
            query: {
                /** @description Days, or ISO weeks from Monday to Sunday. */
                interval?: "day" | "week";
                /** @description Visited at or after this date or time. */
                from: string;
                /** @description Visited before this time, or up to the end of this date. At most 366 days after `from`. */
                to: string;
                /** @description The IANA name of the time zone of dates. */
                time_zone?: string;
                /** @description Stores that are in this area now. */
                area_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts, in order of areas and intervals. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "area_code": "7100015",
                     *           "start": "2026-11-16",
                     *           "stores": 98,
                     *           "covered": 91,
                     *           "no_usable_photo": 5,
                     *           "not_visited": 2
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineCoverageSummary"];
                };
            };
            /** @description Not modified: the ETag of the response is in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is wrong, or the summary would have more than 10,000 items. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "A parameter is wrong, or the summary would have more than 10,000 items.",
                     *       "code": "invalid_input",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description No valid key. */
            401: {
                headers: {
                    "WWW-Authenticate": "Bearer";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "No valid key.",
                     *       "code": "unauthorized",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The key lacks the scope `read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The key lacks the scope `read`.",
                     *       "code": "forbidden",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body came too slowly. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body came too slowly.",
                     *       "code": "body_too_slow",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The body is larger than the limit.",
                     *       "code": "body_too_large",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.",
                     *       "code": "unknown_host",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Too many requests in a minute. */
            429: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Too many requests in a minute.",
                     *       "code": "too_many_requests",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description Something went wrong on our side. It has been logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "Something went wrong on our side. It has been logged.",
                     *       "code": "internal",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
            /** @description The database cannot serve requests at the moment. */
            503: {
                headers: {
                    /** @description Seconds to wait before the next attempt. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "The database cannot serve requests at the moment.",
                     *       "code": "unavailable",
                     *       "details": []
                     *     }
                     */
                    "application/json": components["schemas"]["ShelflineErrorBody"];
                };
            };
        };
    };
}
