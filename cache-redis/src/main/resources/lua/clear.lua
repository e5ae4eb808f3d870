-- Raises the floor above everything in the partition.
-- KEYS: clk, floor · ARGV: channel, atLeast
-- Returns the stamp, which is the floor, and server microseconds.
local stamp, micros = tick(insist, 1, ARGV[2])
publish(CLEARED, stamp, micros, 0)
call('SET', KEYS[2], string.format('%.0f', stamp))
return {stamp, micros}
