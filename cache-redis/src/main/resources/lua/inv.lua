-- Removes keys of one partition.
-- KEYS: clk, floor, key.. · ARGV: channel, atLeast
-- Returns the stamp, server microseconds, and for each key 1 if a live value was there, else 0.
local n = #KEYS - 2
local stamp, micros, now, floor = tick(n, ARGV[2])
local removed = {}
for i = 3, #KEYS do
  removed[i - 2] = isFresh(redis.call('GETRANGE', KEYS[i], 0, 63), floor, now) and '1' or '0'
  redis.call('DEL', KEYS[i])
end
publish(ARGV[1], 1, stamp, micros, n, bareKeys(3))
return {digits(stamp), digits(micros), table.concat(removed)}
