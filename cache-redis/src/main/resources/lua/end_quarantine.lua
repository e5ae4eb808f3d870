-- Ends one holder's quarantine; where there is none of it, it is an invalidation.
-- KEYS: clk, floor, key · ARGV: channel, atLeast, holder (8 bytes)
-- Returns the stamp and server microseconds.
local stamp, micros = tick(insist, 1, ARGV[2])
publish(WRITTEN, stamp, micros, 1)
leave(KEYS[3], call('GETRANGE', KEYS[3], '0', '63'), stamp, math.floor(micros / 1000), ARGV[3], NONE)
return {stamp, micros}
