-- Stores a value, whatever was there.
-- KEYS: clk, floor, key · ARGV: channel, atLeast, token, flags, codec, payload, freshMillis, keepMillis, loadMillis
-- Returns the stamp, server microseconds, loadedAt.
local stamp, micros, now = tick(1, ARGV[2])
local loadedAt = store(KEYS[3], stamp, now, {unpack(ARGV, 3)})
publish(ARGV[1], 1, stamp, micros, 1, bareKeys(3))
return {digits(stamp), digits(micros), digits(loadedAt)}
