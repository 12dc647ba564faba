/**
 * Writes what follows from the option tables: the settings of the README, the options of `docs/module.md`, and the types of
 * those with the text that editors show. `npm run settings`.
 *
 *   --check   writes nothing. Fails where one of these files is not what would be written, and where `docker-compose.yml` or
 *             `.env.example` names a setting that does not exist, or does not pass one on.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import type * as environment from '../src/server/environment.ts';
import type { Option, OptionTable } from '../src/options/option.ts';
import type * as rooms from '../src/room-options.ts';

const README = 'README.md';
const MODULE = 'docs/module.md';
const TYPES = 'src/store-visits.option-groups.ts';

/** What the type of each group of the module's options is called, and what the group is for. */
const INTERFACES: Readonly<Record<string, readonly [name: string, description: string]>> = {
  database: ['DatabaseOptions', 'Where in the database everything is.'],
  http: ['HttpLimits', 'Limits of requests, of their bodies and of their answers.'],
  jobs: ['JobLimits', 'The size of a job, and how long it is kept.'],
  images: ['ImageOptions', 'How images are fetched, and from where.'],
  analysis: ['AnalysisLimits', 'Limits of each analyzer.'],
  callbacks: ['CallbackOptions', 'How callbacks are signed and delivered.'],
  queue: ['QueueLimits', 'Connections of the queue, and how it stops.'],
};

/** Variables of the container files that are not settings: of the database, of the build, of the published port. */
const COMPOSE_ONLY = new Set(['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB', 'COMMIT', 'PUBLISH']);
/** Settings that the image sets itself, or that name a file inside of the container. */
const NOT_PASSED_ON = new Set(['PORT', 'HOST', 'DATA_DIR', 'STORE_MASTER_CSV']);

/** The tables as they were built: the sources have what Node cannot strip. */
const DIST = new URL('../dist/', import.meta.url).href;
const { readEnvironment, SECTIONS, toSettingName }: typeof environment = await import(
  `${DIST}server/environment.js`
);
const { GROUPS }: typeof rooms = await import(`${DIST}room-options.js`);

const defaults: Readonly<Record<string, unknown>> = { ...readEnvironment({}, '<version>') };

function getVariables(table: OptionTable): [variable: string, option: Option][] {
  return Object.values(table).flatMap((option): [string, Option][] =>
    option.variable === undefined ? [] : [[option.variable, option]],
  );
}

function toSettings(): string {
  const sections = Object.entries(SECTIONS).map(([title, table]) => {
    const rows = getVariables(table).map(
      ([variable, { description }]) =>
        `| \`${variable}\` | ${toCell(defaults[toSettingName(variable)])} | ${description} |`,
    );
    return [`### ${title}\n`, '| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return sections.join('\n\n');
}

function toOptions(): string {
  const rows = Object.entries(GROUPS).flatMap(([group, table]: [string, OptionTable]) =>
    Object.entries(table).map(([name, { variable, default: fallback, description }]) => {
      const setting = variable === undefined ? '' : `\`${variable}\``;
      return `| \`${group}.${name}\` | ${toCell(fallback)} | ${description} | ${setting} |`;
    }),
  );
  return ['| option | default | meaning | as the setting |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** A page with other contents between its two comments. */
async function toPage(path: string, what: string, contents: string): Promise<string> {
  const [begin, end] = [
    `<!-- The ${what}: npm run settings writes them. -->`,
    `<!-- The end of the ${what}. -->`,
  ];
  const page = await readFile(path, 'utf8');
  const [head, tail] = [page.indexOf(begin), page.indexOf(end)];
  if (head === -1 || tail < head) throw new Error(`${path} has no "${begin}" before "${end}"`);
  return `${page.slice(0, head)}${begin}\n\n${contents}\n\n${page.slice(tail)}`;
}

function toCell(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.map((item) => `\`${item}\``).join(', ');
  if (typeof value === 'object' && value !== null && 'min' in value) return `\`${String(value.min)}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function toTypes(): string {
  const groups = Object.entries(GROUPS).map(([group, table]: [string, OptionTable]) => {
    const [name = '', description = ''] = INTERFACES[group] ?? [];
    const options = Object.entries(table).map(
      ([option, rule]) => `/** ${toHoverText(rule)} */\nreadonly ${option}?: ${rule.type} | undefined;`,
    );
    return `/** ${description} */\nexport interface ${name} {\n${options.join('\n')}\n}\n`;
  });
  return `// \`npm run settings\` writes this file from the option tables of the rooms. Change those, not this.
import type { SourcesOption } from './outbound/sources/source-options.js';
import type { Delay } from './processing/simulated-analysis.js';

/** A list, or its items with commas between them, as an environment variable has them. */
export type TextList = readonly string[] | string;

${groups.join('\n')}`;
}

function toHoverText({ description, variable, default: fallback, bounds }: Option): string {
  const isNone = Array.isArray(fallback) && fallback.length === 0;
  const range = bounds === undefined ? '' : `, from ${bounds.min} to ${bounds.max}`;
  const byDefault = isNone ? 'None by default' : `By default \`${JSON.stringify(fallback)}\`${range}`;
  return `${description} ${byDefault}.${variable === undefined ? '' : ` The setting \`${variable}\`.`}`;
}

async function checkContainerFiles(): Promise<string[]> {
  const settings = Object.values(SECTIONS).flatMap((table) => getVariables(table).map(([name]) => name));
  const compose = await readFile('docker-compose.yml', 'utf8');
  const example = await readFile('.env.example', 'utf8');
  const passed = [...compose.matchAll(/\b([A-Z][A-Z_]+):/g)].map(([, name = '']) => name);
  const named = [...`${example}${compose}`.matchAll(/^#?([A-Z][A-Z_]+)=|\$\{([A-Z_]+)/gm)].map(
    ([, inExample, inCompose]) => inExample ?? inCompose ?? '',
  );
  const unknown = new Set([...passed, ...named].filter((name) => !settings.includes(name)));
  return [
    ...[...unknown].filter((name) => !COMPOSE_ONLY.has(name)).map((name) => `${name} is not a setting`),
    ...settings
      .filter((name) => !passed.includes(name) && !NOT_PASSED_ON.has(name))
      .map((name) => `docker-compose.yml does not pass ${name} on`),
  ];
}

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const faults = options.check ? await checkContainerFiles() : [];
const files: Readonly<Record<string, string>> = {
  [README]: await toPage(README, 'settings', toSettings()),
  [MODULE]: await toPage(MODULE, 'options', toOptions()),
  [TYPES]: toTypes(),
};
for (const [path, text] of Object.entries(files)) {
  const formatted = await format(text, { ...(await resolveConfig(path)), filepath: path });
  if (!options.check) await writeFile(path, formatted);
  else if (formatted !== (await readFile(path, 'utf8').catch(() => '')))
    faults.push(`${path} is not what the option tables say: npm run settings writes it anew`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
