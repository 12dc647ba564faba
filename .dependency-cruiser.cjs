// The rooms of src/, top to bottom. An import may point down this list, never up; inside a room all is allowed.
const rooms = [
  ['command line', '^src/cli/'],
  ['main', '^src/main\\.ts$'],
  ['server', '^src/server/'],
  ['embedded PostgreSQL', '^src/embedded-postgres/'],
  ['public face', '^src/(index|room-options|store-visits\\.[a-z-]+)\\.ts$'],
  ['testing', '^src/testing/'],
  ['processing', '^src/processing/'],
  ['visits', '^src/visits/'],
  ['jobs', '^src/jobs/'],
  ['stores', '^src/stores/'],
  ['images', '^src/images/'],
  ['webhooks', '^src/webhooks/'],
  ['health', '^src/health/'],
  ['events', '^src/events/'],
  ['outbound', '^src/outbound/'],
  ['http', '^src/http/'],
  ['queue', '^src/queue/'],
  ['database', '^src/database/'],
  ['options', '^src/options/'],
  ['migrations', '^migrations/'],
];

// The same inside two rooms. What stands beside these folders may be used by all of them.
const imageRooms = [
  ['analysis', '^src/images/analysis/'],
  ['fetching', '^src/images/fetching/'],
  [
    'image rows',
    '^src/images/(images\\.(module|service|repository|reader)|image-(batches|sweeps)\\.repository|record-statement)\\.ts$',
  ],
  ['results', '^src/images/results/'],
  ['flags', '^src/images/flags/'],
  ['hosts', '^src/images/hosts/'],
  ['measuring', '^src/images/measuring/'],
  ['image entity', '^src/images/image(\\.entity|-state|-error-code)\\.ts$'],
  ['waiting', '^src/images/waiting/'],
];
const jobRooms = [
  ['job control', '^src/jobs/control/'],
  ['job progress', '^src/jobs/progress/'],
  ['submission', '^src/jobs/submission/'],
];

const importDownwards = (list) =>
  list.slice(1).map(([name, path], index) => ({
    name: `${name.toLowerCase().replaceAll(' ', '-')}-imports-downwards`,
    severity: 'error',
    from: { path, pathNot: '\\.spec\\.ts$' },
    to: { path: list.slice(0, index + 1).map(([, above]) => above), pathNot: path },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...importDownwards(rooms),
    ...importDownwards(imageRooms),
    ...importDownwards(jobRooms),
    {
      name: 'every-file-has-a-room',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/', pathNot: rooms.map(([, path]) => path) },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'command-line-talks-http',
      comment: 'It runs where no server is: of the rooms below it knows what their answers look like.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src|migrations)/', pathNot: '^src/cli/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'readers-only-read',
      comment:
        'A reader checks visits. Whether and how they are stored is for the service of submissions alone.',
      severity: 'error',
      from: { path: '^src/jobs/submission/readers/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^src/(jobs|database|queue|events)/',
        pathNot:
          '^src/jobs/((image-url|metadata)\\.rule|submission/(readers/.+|new-visit|submission|submit-job\\.dto))\\.ts$',
      },
    },
    {
      name: 'pg-boss-stays-in-the-queue',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/queue/' },
      to: { path: 'node_modules/pg-boss' },
    },
    {
      name: 'production-uses-no-dev-dependency',
      comment:
        'Of the library. What the server and the command line import is declared in packages/, and checked by lint:package.',
      severity: 'error',
      from: {
        path: '^(src|migrations)/',
        pathNot: '\\.spec\\.ts$|^src/(main\\.ts$|server/|cli/|embedded-postgres/)',
      },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'production-imports-no-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench|examples)/|\\.spec\\.ts$' },
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
