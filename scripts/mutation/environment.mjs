/**
 * The test environment of mutation runs. It records which places of the sources run in which test, and once a test of a
 * file has failed it runs no further test of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

export default class MutationEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.spec = relative(config.projectConfig.rootDir, context.testPath).replaceAll('\\', '/');
    this.folder = process.env.MUTATION_RECORD;
    this.hasFailed = false;
    this.outside = new Map();
    this.tests = new Map();
    this.current = this.outside;
    this.began = Date.now();
    if (this.folder !== undefined) this.global.mutationRan = (file, place) => this.note(file, place);
  }

  async setup() {
    await super.setup();
    // One failure is enough: the files that follow in this process are not run any more.
    if (process.env.MUTATION_FAILED === 'true') throw new Error('a test of an earlier file has failed');
  }

  note(file, place) {
    const places = this.current.get(file);
    if (places === undefined) this.current.set(file, new Set([place]));
    else places.add(place);
  }

  async handleTestEvent(event) {
    if (event.name === 'test_start') {
      if (this.hasFailed) event.test.mode = 'skip';
      const test = { ran: new Map(), began: Date.now(), ms: 0 };
      this.tests.set(nameOf(event.test), test);
      this.current = test.ran;
    } else if (event.name === 'test_done') {
      if (event.test.errors.length > 0) this.fail();
      const test = this.tests.get(nameOf(event.test));
      if (test !== undefined) test.ms = Date.now() - test.began;
      this.current = this.outside;
    }
  }

  fail() {
    this.hasFailed = true;
    process.env.MUTATION_FAILED = 'true';
  }

  async teardown() {
    if (this.folder !== undefined && !this.hasFailed) this.save();
    await super.teardown();
  }

  save() {
    const record = {
      ms: Date.now() - this.began,
      outside: toObject(this.outside),
      tests: [...this.tests].map(([name, { ran, ms }]) => ({ name, ms, ran: toObject(ran) })),
    };
    const path = join(this.folder, `${this.spec}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(record));
  }
}

function toObject(ran) {
  return Object.fromEntries([...ran].map(([file, places]) => [file, [...places]]));
}

/** The full name, as `--testNamePattern` sees it. */
function nameOf(test) {
  const names = [];
  for (let at = test; at !== undefined && at.name !== 'ROOT_DESCRIBE_BLOCK'; at = at.parent)
    names.unshift(at.name);
  return names.join(' ');
}
