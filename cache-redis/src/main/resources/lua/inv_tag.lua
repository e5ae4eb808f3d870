-- Gives a tag a new version, the stamp and a token, and publishes that. Its time to live, which reading its version makes
-- as long as needed, stays, or is a minute.
-- KEYS: clk, floor, tag · ARGV: channel, atLeast, token (8 bytes)
-- Returns the stamp and server microseconds.
local stamp, micros = tick(insist, 1, ARGV[2])
publish(WRITTEN, stamp, micros, 1)
local keep = math.max(60000, call('PTTL', KEYS[3]))
call('SET', KEYS[3], '\225' .. pack('>I8', stamp) .. ARGV[3], 'PX', string.format('%.0f', keep))
return {stamp, micros}
