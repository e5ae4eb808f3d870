-- Repairs a partition after a change of history, once for each history, unless its clock is behind again.
-- KEYS: clk, floor, epoch · ARGV: channel, atLeast, history
-- Returns the clock and server microseconds.
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local clock, atLeast = tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[2])
if redis.call('GET', KEYS[3]) == ARGV[3] and clock >= atLeast then return {digits(clock), digits(micros)} end
-- The jump clears every stamp that the lost history may have issued beyond what anybody has seen.
local stamp = math.max(clock, micros, atLeast, tonumber(redis.call('GET', KEYS[2]) or 0)) + 1048576
redis.call('SET', KEYS[1], digits(stamp))
redis.call('SET', KEYS[2], digits(stamp))
redis.call('SET', KEYS[3], ARGV[3])
publish(ARGV[1], 2, stamp, micros, 0, '')
return {digits(stamp), digits(micros)}
