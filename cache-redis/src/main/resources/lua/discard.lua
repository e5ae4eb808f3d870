-- Drops a dead letter.
-- KEYS: clk, dead letters, revivable · ARGV: id, its key
-- Returns 1 if there was one, else 0, and server microseconds.
local time = call('TIME')
if call('HGET', KEYS[3], ARGV[2]) == ARGV[1] then call('HDEL', KEYS[3], ARGV[2]) end
return {call('ZREMRANGEBYSCORE', KEYS[2], ARGV[1], ARGV[1]), time[1] * 1000000 + time[2]}
