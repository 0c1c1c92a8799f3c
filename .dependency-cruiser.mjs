/**
 * Who may use whom. Each rule is a sentence; when one is broken, the sentence is the error message.
 *
 * ORDER is the map of the server: a module may use those before it. An earlier one speaks to a later one only by an
 * event that the later one listens to.
 */
const ORDER = [
  'practices',
  'identity',
  'sso',
  'devices',
  'audit',
  'patients',
  'access',
  'scheduling',
  'portal',
  'forms',
  'history',
  'charting',
  'photos',
  'payments',
  'messages',
  'fhir',
  'oversight',
  'compliance',
]

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const inModules = (names) => `^server/src/modules/(${names.join('|')})/`

const TESTS = '[.]test[.]tsx?$'
const HANDS = 'fs|net|tls|dgram|dns|http|https|http2|child_process|worker_threads|cluster|crypto'
const LIBRARY_HANDS = 'pg|fastify|@fastify|nodemailer|undici'
/** A type costs nothing at run time and opens no door. */
const VALUES_ONLY = { dependencyTypesNot: ['type-only'] }

const circles = [
  forbid(
    'no-circles',
    'Two files that need each other are one file, or three.',
    {},
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
]

const kernel = [
  forbid(
    'kernel-knows-no-one',
    'The kernel is written before any module and any platform, and reads neither.',
    { path: '^server/src/kernel/', pathNot: TESTS },
    { path: '^server/src/(modules|platform)/|^server/src/(app|main|config)[.]ts$' },
  ),
  forbid(
    'only-perform-opens-a-transaction',
    'Every read and write passes perform.ts: it alone uses tx.ts.',
    { path: '^(server|web|e2e|scripts|bench|verify)/', pathNot: `^server/src/kernel/perform[.]ts$|${TESTS}` },
    { path: '^server/src/kernel/tx[.]ts$', ...VALUES_ONLY },
  ),
  forbid(
    'only-the-kernel-unseals',
    'Sealed things are opened inside the kernel and by app.ts; a key service (platform/key-*.ts) wraps keys the same way.',
    {
      path: '^(server|web|e2e|scripts|bench|verify)/',
      pathNot: `^server/src/kernel/|^server/src/app[.]ts$|^server/src/platform/key-[^/]+[.]ts$|${TESTS}`,
    },
    { path: '^server/src/kernel/seal[.]ts$', ...VALUES_ONLY },
  ),
]

const modules = [
  forbid(
    'modules-have-no-hands',
    'A module has no database, keys, network, disk or process: only what perform hands to its run().',
    { path: '^server/src/modules/', pathNot: TESTS },
    { path: `^node_modules/(${LIBRARY_HANDS})(/|$)|^(node:)?(${HANDS})(/|$)|^server/src/platform/` },
  ),
  forbid(
    'modules-do-not-know-the-app',
    'The app is composed of modules, never the other way round.',
    { path: '^server/src/modules/', pathNot: TESTS },
    { path: '^server/src/(app|main|config)[.]ts$' },
  ),
  forbid(
    'front-doors',
    'Of another module: its index.ts or its schema.ts, nothing behind them.',
    { path: '^server/src/modules/([^/]+)/' },
    { path: '^server/src/modules/(?!$1/)[^/]+/(?!(index|schema)[.]ts$)' },
  ),
  forbid(
    'front-doors-for-everyone',
    'From outside the modules, too: index.ts or schema.ts.',
    { path: '^(server/src/(kernel|platform)/|server/src/[^/]+[.]ts$|server/test/|e2e/|scripts/|bench/|web/)' },
    { path: '^server/src/modules/[^/]+/(?!(index|schema)[.]ts$)' },
  ),
  forbid(
    'schemas-are-for-everyone',
    'schema.ts also runs in the browser: zod, ids, records and other schemas only.',
    { path: '^server/src/modules/[^/]+/schema[.]ts$' },
    { pathNot: '^(node_modules/zod/|server/src/kernel/(id|record)[.]ts$|server/src/modules/[^/]+/schema[.]ts$)' },
  ),
  forbid(
    'every-module-has-a-place',
    'A new module is first given its place in ORDER.',
    { path: '^server/' },
    { path: `^server/src/modules/(?!(${ORDER.join('|')})/)` },
  ),
  ...ORDER.slice(0, -1).map((name, place) =>
    forbid(
      `${name}-comes-first`,
      `${name} stands before these in ORDER: let them listen to its events instead.`,
      { path: inModules([name]), pathNot: TESTS },
      { path: inModules(ORDER.slice(place + 1)) },
    ),
  ),
]

const platform = [
  forbid(
    'platform-is-wired-in-one-place',
    'Hands are given out where the app is composed: app, main, start, demo, import-fhir. Tests, bench and scripts may shake them too.',
    {
      path: '^(server|web|e2e)/',
      pathNot: `^server/src/platform/|^server/src/(app|main|start|demo|import-fhir|trail-command|set-up)[.]ts$|^server/test/|^e2e/support/|${TESTS}`,
    },
    { path: '^server/src/platform/' },
  ),
  forbid(
    'platform-knows-no-module',
    'The platform carries bytes; what they mean is decided elsewhere.',
    { path: '^server/src/platform/', pathNot: TESTS },
    { path: '^server/src/modules/|^server/src/(app|main)[.]ts$' },
  ),
]

const web = [
  forbid(
    'web-sees-schemas-only',
    'The browser gets schemas and types. Services, rules and the platform stay on the server.',
    { path: '^web/' },
    {
      path: '^server/',
      pathNot: '^server/src/modules/[^/]+/schema[.]ts$|^server/src/kernel/',
    },
  ),
  forbid(
    'web-takes-only-types-from-the-kernel',
    'Nothing of the kernel runs in a browser, except what a schema brings along.',
    { path: '^web/' },
    { path: '^server/src/kernel/', ...VALUES_ONLY },
  ),
  forbid(
    'the-server-does-not-know-the-web',
    'The server serves the built files; it imports none.',
    { path: '^(server|verify)/' },
    { path: '^web/' },
  ),
]

const production = [
  forbid(
    'no-test-code-in-the-product',
    'What runs in a practice contains no test harness.',
    { path: '^(server|web)/src/', pathNot: TESTS },
    { path: `^(server/test|e2e|bench)/|${TESTS}` },
  ),
  forbid(
    'no-development-package-on-the-server',
    'npm ci --omit=dev must leave a server that runs.',
    { path: '^server/src/', pathNot: TESTS },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'every-import-resolves',
    'An import that leads nowhere fails at the worst time.',
    { path: '^(server|web|e2e|scripts|bench|verify)/' },
    { couldNotResolve: true, pathNot: '^virtual:' },
  ),
]

export default {
  forbidden: [...circles, ...kernel, ...modules, ...platform, ...web, ...production],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.json', '.css'],
    },
  },
}
