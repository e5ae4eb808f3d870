-- A write, so that only a primary answers; also when its memory is full.
-- KEYS: heartbeat · ARGV: keepMillis
-- Returns the replication id and server microseconds.
local time = call('TIME')
local micros = string.format('%.0f', time[1] * 1000000 + time[2])
insist('SET', KEYS[1], micros, 'PX', ARGV[1])
return {string.match(call('INFO', 'replication'), 'master_replid:(%x+)'), micros}
