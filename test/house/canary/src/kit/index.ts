import type { Engine } from '../engine/index.ts'
export type { Engine }
