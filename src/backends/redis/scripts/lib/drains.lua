-- Goes on while memory is full, since this frees some in the end. Redis refuses a script only before its first write,
-- and only where that could take more memory; this write never does, and changes nothing.
-- keys: meta

redis.call('HDEL', meta, '')
