/**
 * The yardstick on Redis: a hash for each job and a list of those that wait; one script claims up to 1,000 jobs and
 * deletes those that were claimed before. Ids and payloads are made before the clock starts; no client, worker,
 * records, counts, retries, leases or heartbeats.
 * @module
 */
import { Redis } from 'ioredis'
import { parts } from '../calls.ts'
import type { Input } from '../input.ts'
import type { ServerSettings, System, WorkOrder } from '../system.ts'

/** Jobs of one script. */
const BATCH = 1000

const STORE = `
for at = 1, #ARGV, 2 do redis.call('HSET', 'job:' .. ARGV[at], 'payload', ARGV[at + 1]) end
local ids = {}
for at = 1, #ARGV, 2 do ids[#ids + 1] = ARGV[at] end
redis.call('RPUSH', 'waiting', unpack(ids))`

const CLAIM_AND_ACK = `
if #ARGV > 1 then
  local done = {}
  for at = 2, #ARGV do done[#done + 1] = 'job:' .. ARGV[at] end
  redis.call('UNLINK', unpack(done))
  redis.call('HDEL', 'active', unpack(ARGV, 2))
end
local ids = redis.call('LPOP', 'waiting', ARGV[1])
if not ids then return {} end
local active, payloads = {}, {}
for at, id in ipairs(ids) do
  active[#active + 1] = id
  active[#active + 1] = 1
  payloads[at] = redis.call('HGET', 'job:' .. id, 'payload')
end
redis.call('HSET', 'active', unpack(active))
return {ids, payloads}`

/** ioredis in a loop. */
export const rawRedis: System<ServerSettings> = {
  name: 'raw-redis',
  store: 'redis',
  open: async ({ url }) => {
    const redis = new Redis(url)
    const scripts = {
      store: String(await redis.script('LOAD', STORE)),
      claim: String(await redis.script('LOAD', CLAIM_AND_ACK)),
    }
    let ran = 0
    const store = async (batch: readonly Input[]): Promise<void> => {
      await redis.evalsha(scripts.store, 0, ...toArguments(batch))
    }
    return {
      batches: (inputs, size) =>
        parts(inputs, size).map((batch) => {
          const args = toArguments(batch)
          return async () => {
            await redis.evalsha(scripts.store, 0, ...args)
          }
        }),
      singles: () => {
        throw new Error('The raw loop stores batches only.')
      },
      enqueue: (input) => store([input]),
      work: async (order) => ({ drained: drain(redis, scripts.claim, order), stop: async () => {} }),
      succeeded: async () => ran - (await redis.hlen('active')) - (await redis.llen('waiting')),
      close: async () => {
        redis.disconnect()
      },
    }

    /** Claims, runs and deletes until nothing waits. */
    async function drain(client: Redis, claim: string, order: WorkOrder): Promise<void> {
      let done: string[] = []
      do {
        const [ids = [], payloads = []] = (await client.evalsha(claim, 0, BATCH, ...done)) as string[][]
        for (const payload of payloads) order.onRun(JSON.parse(payload) as Input)
        ran += ids.length
        done = ids
      } while (done.length > 0)
    }
  },
}

function toArguments(batch: readonly Input[]): string[] {
  return batch.flatMap((input) => [String(input.n), JSON.stringify(input)])
}
