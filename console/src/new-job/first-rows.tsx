import type { ReactNode } from 'react';
import { formatNumber } from '../ui/formats.js';
import { words } from '../words.js';
import { type Draft, getRows } from './draft.js';
import { toReader } from './to-csv.js';

const SHOWN = 4;

/** The first rows, as they would be sent. */
export function FirstRows({ draft }: { draft: Draft }): ReactNode {
  const { previewColumns: columns } = words.newJob;
  const rows = getRows(draft).slice(0, SHOWN).map(toReader(draft));
  return (
    <section className="card first-rows" aria-labelledby="first-rows-title">
      <h2 id="first-rows-title">{words.newJob.preview}</h2>
      <div className="scroll-x" tabIndex={0} role="region" aria-labelledby="first-rows-title">
        <table>
          <thead>
            <tr>
              {Object.values(columns).map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.number}>
                <td className="second">{formatNumber(row.number)}</td>
                <td className="strong">{row.store_id}</td>
                <td>{row.visit_time}</td>
                <td className="cut first-rows-photos">{row.image_urls.join(', ')}</td>
                <td className="second">{row.reference}</td>
                <td className="second cut">{row.further.filter((text) => text !== '').join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
