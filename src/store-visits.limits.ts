/** A whole number that can be set: what it is unless it is, and what it may be. */
export interface Limit {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

const DAY_MS = 86_400_000;
const MAX_BYTES = 2 ** 40;

/** Every limit of the module, in the groups of its options. The settings of the standalone application are the same. */
export const LIMITS = {
  http: {
    maxBodyBytes: { default: 33_554_432, min: 1024, max: 1_073_741_824 },
    bodyMemoryBytes: { default: 67_108_864, min: 1024, max: MAX_BYTES },
    bodyGraceMs: { default: 20_000, min: 1, max: DAY_MS },
    bodyMinBytesPerSecond: { default: 1024, min: 1, max: 2 ** 30 },
    bodyTimeoutMs: { default: 900_000, min: 1, max: DAY_MS },
    maxSmallBodyBytes: { default: 16_384, min: 1024, max: 1_048_576 },
    maxStreamBytes: { default: 1_073_741_824, min: 1024, max: MAX_BYTES },
    maxImportBytes: { default: 134_217_728, min: 1024, max: MAX_BYTES },
    maxRejectedRows: { default: 10_000, min: 0, max: 100_000_000 },
    importStallMs: { default: 10_000, min: 1, max: DAY_MS },
    documentThreads: { default: 2, min: 1, max: 64 },
    documentTimeoutMs: { default: 10_000, min: 1, max: DAY_MS },
    answerStallMs: { default: 60_000, min: 1, max: DAY_MS },
    answerMemoryBytes: { default: 134_217_728, min: 1_048_576, max: MAX_BYTES },
    maxPipelinedRequests: { default: 16, min: 1, max: 10_000 },
    maxStreams: { default: 32, min: 1, max: 100_000 },
    maxEventStreams: { default: 1_000, min: 0, max: 1_000_000 },
    eventHeartbeatMs: { default: 15_000, min: 1, max: DAY_MS },
  },
  jobs: {
    maxImages: { default: 1_000_000, min: 1, max: 100_000_000 },
    retentionDays: { default: 0, min: 0, max: 36_500 },
  },
  images: {
    concurrency: { default: 256, min: 1, max: 10_000 },
    hostConcurrency: { default: 128, min: 1, max: 10_000 },
    timeoutMs: { default: 10_000, min: 1, max: DAY_MS },
    maxBytes: { default: 26_214_400, min: 1024, max: 1_073_741_824 },
    memoryBytes: { default: 134_217_728, min: 1_048_576, max: MAX_BYTES },
    maxAttempts: { default: 4, min: 1, max: 100 },
    retryBaseMs: { default: 1_000, min: 1, max: DAY_MS },
    hostPatienceMs: { default: 120_000, min: 0, max: DAY_MS },
  },
  analysis: {
    timeoutMs: { default: 10_000, min: 1, max: DAY_MS },
    concurrency: { default: 16, min: 1, max: 10_000 },
    maxResultBytes: { default: 65_536, min: 2, max: 16_777_216 },
  },
  callbacks: {
    timeoutMs: { default: 10_000, min: 1, max: DAY_MS },
    maxAttempts: { default: 12, min: 1, max: 100 },
    retryBaseMs: { default: 5_000, min: 1, max: DAY_MS },
  },
  queue: {
    poolSize: { default: 2, min: 2, max: 1_000 },
    shutdownGraceMs: { default: 15_000, min: 0, max: DAY_MS },
  },
} as const satisfies Record<string, Record<string, Limit>>;
