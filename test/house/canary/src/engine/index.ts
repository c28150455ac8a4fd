import '../scheduler/index.ts'
import './first.ts'
export interface Engine {}
