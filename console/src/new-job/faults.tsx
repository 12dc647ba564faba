import { IconAlertTriangle, IconChevronRight, IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { formatNumber } from '../ui/formats.js';
import { words } from '../words.js';
import { type CheckResult, type FaultKind, groupFaults } from './check.js';
import type { Draft, DraftChange, Mendable } from './draft.js';
import { FaultRows } from './fault-rows.js';

const UNKNOWN_STORES = 'unknown stores';
const MENDABLE: readonly Mendable[] = ['store_id', 'visit_time', 'image_url', 'reference', 'visit'];

export interface FaultsProps {
  readonly draft: Draft;
  readonly result: CheckResult;
  readonly onChange: (change: DraftChange) => void;
}

/** The faults by their kind, and the rows of the kind that is chosen. */
export function Faults({ draft, result, onChange }: FaultsProps): ReactNode {
  const kinds = groupFaults(result.faults);
  const [chosen, setChosen] = useState<string>();
  const { unknownStores } = result;
  if (kinds.length === 0 && unknownStores.length === 0) return null;
  const first = kinds[0]?.column ?? UNKNOWN_STORES;
  const isThere =
    chosen === UNKNOWN_STORES ? unknownStores.length > 0 : kinds.some(({ column }) => column === chosen);
  const current = chosen !== undefined && isThere ? chosen : first;
  const kind = kinds.find(({ column }) => column === current);
  return (
    <div className="faults">
      <div className="card faults-kinds">
        {kinds.length > 0 && <h2 className="faults-group">{words.newJob.fixTitle}</h2>}
        {kinds.map(({ column, faults }) => (
          <Kind
            key={column}
            isChosen={current === column}
            title={getKindTitle(column)}
            text={words.rows(faults.length)}
            icon={<IconAlertTriangle size={18} aria-hidden className="failed" />}
            onChoose={() => setChosen(column)}
          />
        ))}
        {result.hasMore && <p className="second faults-more">{words.newJob.moreFaults}</p>}
        {unknownStores.length > 0 && <h2 className="faults-group">{words.newJob.knowTitle}</h2>}
        {unknownStores.length > 0 && (
          <Kind
            isChosen={current === UNKNOWN_STORES}
            title={words.newJob.unknownStores}
            text={words.newJob.unknownStoresText(unknownStores.length)}
            icon={<IconInfoCircle size={18} aria-hidden className="attention" />}
            onChoose={() => setChosen(UNKNOWN_STORES)}
          />
        )}
      </div>
      {kind === undefined ? (
        <UnknownStores result={result} />
      ) : (
        <FaultRows
          draft={draft}
          kind={kind}
          title={getTitle(kind)}
          column={getMendable(kind)}
          onChange={onChange}
        />
      )}
    </div>
  );
}

function getTitle({ column, faults }: FaultKind): string {
  return `${getKindTitle(column)}: ${words.rows(faults.length)}`;
}

function getMendable({ column }: FaultKind): Mendable | undefined {
  return MENDABLE.find((each) => each === column);
}

function getKindTitle(column: string): string {
  const mendable = MENDABLE.find((each) => each === column);
  return mendable === undefined ? words.newJob.kindOther(column) : words.newJob.kinds[mendable];
}

interface KindProps {
  readonly isChosen: boolean;
  readonly title: string;
  readonly text: string;
  readonly icon: ReactNode;
  readonly onChoose: () => void;
}

function Kind({ isChosen, title, text, icon, onChoose }: KindProps): ReactNode {
  return (
    <button type="button" className="faults-kind" aria-pressed={isChosen} onClick={onChoose}>
      {icon}
      <span className="grow">
        <span className="strong">{title}</span>
        <span className="second faults-text">{text}</span>
      </span>
      <IconChevronRight size={16} aria-hidden />
    </button>
  );
}

function UnknownStores({ result }: { result: CheckResult }): ReactNode {
  const { storeColumns: columns } = words.newJob;
  return (
    <section className="card faults-rows" aria-labelledby="faults-title">
      <div className="faults-head">
        <h2 id="faults-title">{words.newJob.unknownStores}</h2>
        <p className="second">{words.newJob.unknownStoresText(result.unknownStores.length)}</p>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{columns.store}</th>
            <th scope="col" className="number">
              {columns.visits}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.unknownStores.map(({ store_id: storeId, visits }) => (
            <tr key={storeId}>
              <td className="strong">{storeId}</td>
              <td className="number">{formatNumber(visits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
