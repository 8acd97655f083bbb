/** The layer rules of ARCHITECTURE.md, as a test. Type imports count as well as others. */

/** The floors of the engine, lowest first: one may import itself and those before it. */
const floors = [
  'model',
  'stats',
  'journal',
  'checks',
  'judging',
  'toxiproxy',
  'faults',
  'actions',
  'load',
  'runtimes',
  'experiment',
  'reporters',
  'commands',
]

const runsDown = floors.slice(0, -1).map((floor, i) => ({
  name: `${floor}-imports-what-is-below`,
  severity: 'error',
  from: { path: `^harness/${floor}/` },
  to: { path: `^harness/(${floors.slice(i + 1).join('|')})/|^harness/(cli|index)\\.ts$` },
}))

module.exports = {
  forbidden: [
    ...runsDown,
    {
      name: 'model-imports-itself',
      comment: 'the vocabulary is plain data and builders',
      severity: 'error',
      from: { path: '^harness/model/' },
      to: { pathNot: '^harness/model/' },
    },
    {
      name: 'shared-words-stand-alone',
      comment: 'what lies beside the floors is used by all of them, so it uses none',
      severity: 'error',
      from: { path: '^harness/[a-z-]+\\.ts$', pathNot: '^harness/(cli|index)\\.ts$' },
      to: { path: '^harness/[a-z]+/' },
    },
    {
      name: 'engine-knows-no-service',
      comment: 'harness imports nothing from services or scenarios',
      severity: 'error',
      from: { path: '^harness/' },
      to: { path: '^(services|scenarios|test|bench)/' },
    },
    {
      name: 'services-know-no-harness',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^(harness|scenarios|test|bench)/' },
    },
    {
      name: 'scenarios-use-the-public-engine',
      comment: 'a scenario imports harness/index.ts and nothing behind it',
      severity: 'error',
      from: { path: '^scenarios/' },
      to: { path: '^harness/', pathNot: '^harness/index\\.ts$' },
    },
    {
      name: 'one-bridge',
      comment: 'only system.ts, actions.ts, switches.ts and ledgers/ reach into services',
      severity: 'error',
      from: { path: '^scenarios/', pathNot: '^scenarios/((system|actions|switches)\\.ts$|ledgers/)' },
      to: { path: '^services/' },
    },
    {
      name: 'journeys-run-anywhere',
      comment: 'journeys run under every load driver: types of the engine and no Node',
      severity: 'error',
      from: { path: '^scenarios/journeys/' },
      to: { pathNot: '^scenarios/journeys/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'k6-runs-this',
      comment: 'k6 has no Node: what it runs imports its own modules, and of the engine what runs anywhere',
      severity: 'error',
      from: { path: '^harness/load/k6/inside/' },
      to: {
        path: '^(harness|node:)|^(fs|net|http|path|child_process)$',
        pathNot:
          '^harness/load/(k6/(inside/|protocol\\.ts$)|(answers|arrivals|lines|live|random|request|visits)\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'what-k6-shares-runs-anywhere',
      severity: 'error',
      from: {
        path: '^harness/load/(answers|arrivals|exception|lines|live|random|request|trace|visits|k6/protocol)\\.ts$',
      },
      to: {
        pathNot: '^harness/load/(arrivals|exception|random|trace|visits)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'judging-is-pure',
      comment: 'checks, statistics and verdicts read records: no runtime, no load, no files',
      severity: 'error',
      from: { path: '^harness/(checks|stats)/' },
      to: {
        path: '^(node:|fs|net|http|child_process)|^harness/(runtimes|commands|toxiproxy|reporters)/',
      },
    },
    {
      name: 'toxiproxy-stands-alone',
      comment: 'a package of its own: its sources need nothing but Node, and no type of anybody else',
      severity: 'error',
      from: { path: '^packages/toxiproxy/src/' },
      to: { pathNot: '^packages/toxiproxy/src/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'toxiproxy-is-tested-alone',
      comment: 'what is beside its sources may need packages, and nothing of this project outside its folder',
      severity: 'error',
      from: { path: '^packages/toxiproxy/' },
      to: { pathNot: '^(packages/toxiproxy|node_modules)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'toxiproxy-by-its-entry',
      comment: 'the harness imports the package, and nothing behind it',
      severity: 'error',
      from: { path: '^(harness|services|scenarios)/' },
      to: { path: '^packages/toxiproxy/', pathNot: '^packages/toxiproxy/src/index\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'no-util', severity: 'error', from: {}, to: { path: '(^|/)(util|utils|helpers|misc)\\.ts$' } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '(main|cli|index)\\.ts$|\\.d\\.ts$|protocol\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@saeol-chaos/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
