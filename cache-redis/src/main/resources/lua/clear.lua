-- Raises the floor above everything in the partition.
-- KEYS: clk, floor · ARGV: channel, atLeast
-- Returns the stamp, which is the floor, and server microseconds.
local stamp, micros = tick(1, ARGV[2])
redis.call('SET', KEYS[2], digits(stamp))
publish(ARGV[1], 2, stamp, micros, 0, '')
return {digits(stamp), digits(micros)}
