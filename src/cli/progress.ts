import { SingleBar } from 'cli-progress';
import type { JobView } from '../jobs/job-view.js';
import type { Follower } from './job-events.js';
import { counted, printable } from './text.js';

type Images = JobView['images'];

/** Shortest time between two plain lines, in milliseconds, because logs keep each line. */
const LINE_MS = 2_000;

/** The progress of a job as text. */
export function progressLine({ total, pending, succeeded, failed, skipped }: Images): string {
  const done = total - pending;
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const others = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${done}/${counted(total, 'image')} (${percent} %): ${[`${succeeded} measured`, ...others].join(', ')}`;
}

/** Shows progress until {@link stop}. */
export interface Progress extends Follower {
  stop(): void;
}

/** Shows a bar on a terminal, and plain lines elsewhere. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines((line) => stream.write(`${line}\n`));
}

/** Plain lines, at most one in {@link LINE_MS}: the first state, and then changes. */
export class ProgressLines implements Progress {
  private shown = '';
  private shownAt = -Infinity;
  private trouble = '';

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  progress(images: Images): void {
    this.trouble = '';
    const line = progressLine(images);
    if (line === this.shown || this.now() - this.shownAt < LINE_MS) return;
    this.shown = line;
    this.shownAt = this.now();
    this.write(line);
  }

  interrupted(why: string): void {
    if (why === this.trouble) return;
    this.trouble = why;
    this.write(`${printable(why)}; trying again`);
  }

  stop(): void {}
}

class ProgressBar implements Progress {
  private readonly bar: SingleBar;
  private isStarted = false;

  constructor(stream: NodeJS.WriteStream) {
    this.bar = new SingleBar({
      stream,
      format: '{bar} {line}{note}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 20,
      hideCursor: true,
      // Ctrl-C is handled elsewhere, which stops the bar too.
      gracefulExit: false,
    });
  }

  progress(images: Images): void {
    const { total, pending } = images;
    const shown = { line: progressLine(images), note: '' };
    // A job without images is done, but a bar of length 0 would show 0 %.
    const [length, done] = total === 0 ? [1, 1] : [total, total - pending];
    if (this.isStarted) this.bar.update(done, shown);
    else this.bar.start(length, done, shown);
    this.isStarted = true;
  }

  interrupted(): void {
    if (this.isStarted) this.bar.update({ note: ' (connection lost, trying again)' });
  }

  stop(): void {
    if (this.isStarted) this.bar.stop();
  }
}
