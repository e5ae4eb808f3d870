-- A write, so that only a primary answers.
-- KEYS: heartbeat · ARGV: keepMillis
-- Returns the replication id and server microseconds.
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
redis.call('SET', KEYS[1], digits(micros), 'PX', ARGV[1])
return {string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)'), digits(micros)}
