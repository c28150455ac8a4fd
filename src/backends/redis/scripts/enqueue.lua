-- Stores jobs in order; each sees those before it.
-- in:  I2 lines, each: I2c0 queue, B rank; I2 jobs; each: B plain, I4 length of: I2 line (index from 1), B flags, c16 key, B rank,
--      B due mode (0 from now, 1 at), I6 due, B expiry mode (0 none, 1 from now, 2 at), I6 expiry, I4c0 rest of the body; with flag
--      NAMED: I2c0 id; with flag KEYED: I2c0 unique key, B conflict, I6 held for (ms, 0 for no time), B held in states; with flag
--      TAGGED: I2 tags, each I2c0
-- out: each: B outcome, I4c0 body of the job that stands for it (empty: its own id)
-- uses: store

local answer = store_request()
write_all()
return answer
