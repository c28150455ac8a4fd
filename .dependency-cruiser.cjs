/**
 * Which room may import which. Type-only imports count, for a type is knowledge too.
 * Each comment says where the code belongs instead; `npm run rooms` prints it.
 *
 *   contract <- kit <- { engine scheduler flow observe backends conformance dashboard }
 *            <- app <- { testing adapters cli interop }
 */
const path = require('node:path')

const middle = ['engine', 'scheduler', 'flow', 'observe', 'conformance', 'dashboard']
const top = ['testing', 'adapters', 'cli', 'interop']

/** A room, or one of several rooms, as a path pattern. */
const rooms = (...names) => `^src/(${names.join('|')})/`

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

/** Between middle rooms only ports in the contract: one rule for each, so that each is known to be alive. */
const middleRules = middle.map((room) =>
  rule(
    `${room}-knows-no-neighbour`,
    `${room} imports only contract and kit. Declare a port in src/contract/ and plug it in src/app/; what two rooms share moves down to kit.`,
    { path: rooms(room) },
    { path: '^src/', pathNot: rooms('contract', 'kit', room) },
  ),
)

/** Top rooms stand on app and what is below it, and not on each other. */
const topRules = top.map((room) =>
  rule(
    `${room}-stands-alone`,
    `${room} imports app and the rooms below it, no other top room. What two of them share moves down to src/app/ or src/kit/.`,
    { path: rooms(room) },
    { path: '^src/', pathNot: rooms('contract', 'kit', ...middle, 'backends', 'app', room) },
  ),
)

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'contract-imports-nothing',
      'contract holds words and pure functions and imports nothing outside itself. Code that needs more belongs in src/kit/ or above.',
      { path: rooms('contract') },
      { pathNot: ['^src/contract/', '@standard-schema/spec'] },
    ),
    rule(
      'kit-only-contract',
      'kit imports only contract. A helper that knows a room above belongs in that room.',
      { path: rooms('kit') },
      { path: '^src/', pathNot: rooms('contract', 'kit') },
    ),
    ...middleRules,
    rule(
      'backend-only-contract-and-kit',
      'A backend imports only contract and kit. A rule that all backends share belongs in src/kit/, one that is above storage in src/engine/.',
      { path: rooms('backends') },
      { path: '^src/', pathNot: rooms('contract', 'kit', 'backends') },
    ),
    rule(
      'no-backend-to-backend',
      'No backend imports another. What two of them share belongs in src/kit/, what is SQL in src/backends/_sql/.',
      { path: '^src/backends/([^/]+)/' },
      { path: '^src/backends/', pathNot: '^src/backends/($1|_sql)/' },
    ),
    rule(
      '_sql-only-for-sql',
      'backends/_sql is shared by SQLite and Postgres only. What others need too belongs in src/kit/.',
      { path: '^src/', pathNot: '^src/backends/(sqlite|postgres|_sql)/' },
      { path: '^src/backends/_sql/' },
    ),
    rule(
      'ui-only-protocol',
      'The page sees only dashboard/protocol.ts. What page and server share belongs there.',
      { path: '^src/dashboard/ui/' },
      { path: '^src/', pathNot: '^src/dashboard/(ui/|protocol\\.ts$)' },
    ),
    rule(
      'app-loads-backends-lazily',
      'app loads a backend with import() when its URL asks for it, so that nobody pays for another. Put the line in the loader of src/app/.',
      { path: rooms('app') },
      { path: rooms('backends'), dependencyTypesNot: ['dynamic-import', 'type-only'] },
    ),
    rule(
      'app-below-top',
      'app knows none of the rooms above it, nor the conformance suite, nor the page. Turn it round: let the top room import app.',
      { path: rooms('app') },
      { path: ['^src/dashboard/ui/', rooms('conformance', ...top)] },
    ),
    ...topRules,
    rule(
      'only-app-loads-backends',
      'Only app loads backends, by URL; testing may use the memory backend. Go through src/app/ instead.',
      { path: '^src/', pathNot: rooms('app', 'backends') },
      { path: rooms('backends'), pathNot: '^src/backends/(memory|_sql)/' },
    ),
    rule(
      'memory-only-for-testing',
      'Only src/testing/ imports the memory backend directly. Go through src/app/ instead.',
      { path: '^src/', pathNot: rooms('app', 'backends', 'testing') },
      { path: '^src/backends/memory/' },
    ),
    rule(
      'root-door',
      'The root door re-exports app, engine, kit and contract and nothing else. Other rooms have doors of their own in doors.ts.',
      { path: '^src/[^/]+\\.ts$' },
      { path: '^src/.+/', pathNot: rooms('app', 'engine', 'kit', 'contract') },
    ),
    rule(
      'nothing-from-outside-src',
      'src is what is published. Code it needs from test, bench, demo, examples or scripts moves into src.',
      { path: '^src/' },
      { path: '^(test|bench|demo|examples|scripts)/|^[^/]+\\.ts$' },
    ),
    rule(
      'no-circular',
      'Two files that need each other are one topic, or lack a third: move what both need into a file of its own.',
      {},
      { circular: true },
    ),
    rule(
      'no-dev-dependency',
      'src imports only what is installed with it. Make it a dependency or an optional peer, by a decision record.',
      // The page's script is bundled, with its libraries, before it is published.
      { path: '^src/', pathNot: '^src/dashboard/ui/browser/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    ),
    rule(
      'no-unresolvable',
      'The import leads nowhere. Mend its path (sources are imported with their .ts extension).',
      { path: '^src/' },
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: path.join(__dirname, 'tsconfig.build.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
