/** Runs spec files in the order in which they were named, so that the first is the one most likely to fail. */
import Sequencer from '@jest/test-sequencer';

export default class NamedOrder extends Sequencer {
  sort(tests) {
    const order = (process.env.MUTATION_ORDER ?? '').split(',');
    const rank = ({ path }) => order.findIndex((spec) => path.endsWith(`/${spec}`));
    return tests.toSorted((one, other) => rank(one) - rank(other));
  }
}
