import '../dashboard/protocol.ts'
import 'vitest'
