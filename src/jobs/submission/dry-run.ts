import { ApiError, BareApiError, type Fault, InvalidInputError } from '../../http/errors/api-error.js';
import { type Cell, getCell } from '../../http/bodies/sheet-fault.js';
import { MAX_FAULTS } from '../../http/input/validation.js';
import { FaultList } from './fault-list.js';
import type { ColumnOfFile } from './submission.js';

/** Faults that a dry run lists. */
export const MAX_DRY_RUN_FAULTS = 1_000;
/** Unknown stores that a dry run lists. */
export const MAX_UNKNOWN_STORES = 100;

/** What a dry run of a submission without faults answers. */
export interface DryRun {
  readonly valid: true;
  readonly visits: number;
  readonly images: number;
  /** The columns of a CSV file, and what each becomes; empty for other bodies. */
  readonly columns: readonly ColumnOfFile[];
  /** The first hundred stores that the store master lacks, and the number of their visits. */
  readonly unknown_stores: readonly { readonly store_id: string; readonly visits: number }[];
}

/** A fault as a dry run lists it. */
export type DryRunFault = Cell & Pick<Fault, 'message'>;

/** `400` of a dry run: as the submission itself would be answered, with all faults. */
export class DryRunError extends ApiError {
  constructor(
    refusal: ApiError,
    readonly faultCount: number,
    readonly faults: readonly DryRunFault[],
  ) {
    super(refusal.getStatus(), refusal.message, refusal.code, refusal.details);
  }

  override body(): object {
    return { ...super.body(), fault_count: this.faultCount, faults: this.faults };
  }
}

/** The faults of a dry run. All of them are counted, so the list is never full. */
export class DryRunFaults extends FaultList {
  constructor() {
    super(MAX_DRY_RUN_FAULTS);
  }

  override get isFull(): boolean {
    return false;
  }

  /** The error for these faults, and for what the submission was refused with at last. */
  toErrorWith(refusal: ApiError): DryRunError {
    const last = refusal.details.length === 0 ? [toFault(refusal)] : refusal.details;
    this.add(last);
    const said =
      this.count === last.length || refusal instanceof BareApiError
        ? refusal
        : new InvalidInputError(this.first.slice(0, MAX_FAULTS));
    return new DryRunError(said, this.count, this.first.map(toDryRunFault));
  }

  override toError(): DryRunError {
    return new DryRunError(super.toError(), this.count, this.first.map(toDryRunFault));
  }
}

/**
 * What a dry run answers where an error was thrown: a `400` lists its faults, and any other error stays what it is.
 *
 * @param given the parameters of the request, whose values the faults show
 */
export function toDryRunError(error: unknown, given: Readonly<Record<string, unknown>> = {}): unknown {
  if (!(error instanceof ApiError) || error.getStatus() !== 400) return error;
  const refused = error instanceof DryRunError ? error : new DryRunFaults().toErrorWith(error);
  const faults = refused.faults.map((fault) => {
    const value = fault.row === null && fault.column !== null ? given[fault.column] : undefined;
    return typeof value === 'string' ? { ...fault, value: value.slice(0, 100) } : fault;
  });
  return new DryRunError(refused, refused.faultCount, faults);
}

function toFault(error: ApiError): Fault {
  const path = error.code === 'count_mismatch' ? 'count' : 'body';
  return { path, message: error.message };
}

function toDryRunFault(fault: Fault): DryRunFault {
  return { ...getCell(fault), message: fault.message };
}
