/**
 * A process of its own that claims and settles until nothing is left, and prints what it ran.
 * Arguments: the file, its name, and how many jobs it claims at once.
 * @module
 */
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { exchangeRequest } from '../../src/conformance/request.ts'
import { workerInfo } from './worker-info.ts'

const [file = '', name = '', size = '10'] = process.argv.slice(2)
const backend = sqlite({ file, synchronous: 'normal' })
await backend.heartbeat(workerInfo(name), 60_000)
const ran: string[] = []
let held: Awaited<ReturnType<typeof backend.exchange>>['claimed'] = []
do {
  const reply = await backend.exchange(
    exchangeRequest({
      workerId: name,
      settle: held.map((job) => ({ job, outcome: { kind: 'succeed', result: null } })),
      claim: { queues: [{ name: 'default', limit: Number(size) }], limit: Number(size) },
    }),
  )
  held = reply.claimed
  ran.push(...held.map(({ id }) => id))
} while (held.length > 0)
await backend.close()
process.stdout.write(JSON.stringify(ran))
