import { ApiError, BareApiError, type Fault, InvalidInputError } from '../../http/errors/api-error.js';
import { type Cell, getCell } from '../../http/bodies/sheet-fault.js';
import { MAX_FAULTS } from '../../http/input/validation.js';
import { FaultList } from './fault-list.js';
import { WHOLE_BODY } from './job-fields.js';
import type { ColumnOfFile } from './submission.js';

/** The maximum number of faults that a dry run lists. */
export const MAX_DRY_RUN_FAULTS = 1_000;
/** The maximum number of unknown stores that a dry run lists. */
export const MAX_UNKNOWN_STORES = 100;

/** The response to a dry run without faults. */
export interface DryRun {
  readonly valid: true;
  readonly visits: number;
  readonly images: number;
  /** The columns of a CSV file and the field that each becomes. Empty for other bodies. */
  readonly columns: readonly ColumnOfFile[];
  /** The first hundred stores that are not in the store master, each with the number of its visits. */
  readonly unknown_stores: readonly { readonly store_id: string; readonly visits: number }[];
}

/** One entry in the list of faults of a dry run. */
export type DryRunFault = Cell & Pick<Fault, 'message'>;

/** `400` of a dry run: the error that the submission itself would get, with the list of faults. */
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

/** The faults of a dry run, which are all counted. */
export class DryRunFaults extends FaultList {
  constructor() {
    super(MAX_DRY_RUN_FAULTS);
  }

  /** A dry run counts all faults, so its check never stops early. */
  override get canStop(): boolean {
    return false;
  }

  /**
   * The error for these faults and for the error that ended the check. The final error is
   * shown unchanged if there are no earlier faults, or if it is a BareApiError, whose sentence clients compare. Otherwise the first faults are
   * shown.
   */
  toErrorWith(finalError: ApiError): DryRunError {
    const finalFaults = finalError.details.length === 0 ? [toFault(finalError)] : finalError.details;
    this.add(finalFaults);
    const isOnlyError = this.count === finalFaults.length;
    const shown =
      isOnlyError || finalError instanceof BareApiError
        ? finalError
        : new InvalidInputError(this.first.slice(0, MAX_FAULTS));
    return new DryRunError(shown, this.count, this.first.map(toDryRunFault));
  }

  override toError(): DryRunError {
    return new DryRunError(super.toError(), this.count, this.first.map(toDryRunFault));
  }
}

/**
 * Converts an error of a dry run: a `400` gets a list of its faults, and any other error is returned unchanged.
 *
 * @param given the parameters of the request. The fault of a parameter has the value that was sent.
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
  const path = error.code === 'count_mismatch' ? 'count' : WHOLE_BODY;
  return { path, message: error.message };
}

function toDryRunFault(fault: Fault): DryRunFault {
  const cell = getCell(fault);
  // A fault of the whole body has no column.
  return { ...cell, column: cell.column === WHOLE_BODY ? null : cell.column, message: fault.message };
}
