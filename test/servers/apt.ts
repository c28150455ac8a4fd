/**
 * Installs a server where that is possible without asking anybody: as root on Debian and its kin.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { findBinary } from './binary.ts'

/** Installs packages; false where this machine is none for it, or it did not work. */
export function aptInstall(packages: readonly string[]): boolean {
  const apt = findBinary(['apt-get'])
  if (apt === null || process.getuid?.() !== 0) return false
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  if (run(apt, install)) return true
  // The usual reason is a list of packages that is too old.
  return run(apt, ['update', '-qq']) && run(apt, install)
}

function run(apt: string, args: readonly string[]): boolean {
  // Several test files may want the same package at once: they wait for one another.
  const { status } = spawnSync(apt, ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    // In run level 1 no package starts its service: tests start servers of their own.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: 'ignore',
    timeout: 180_000,
  })
  return status === 0
}
