-- Stores a value unless there is a fresh one, or a newer origin version.
-- KEYS: clk, floor, key · ARGV: channel, atLeast, parts of the value
-- Returns as put does. Fails on a record of another version, and in a quarantine.
local key = KEYS[3]
local h = call('GETRANGE', key, '0', '63')
local kind = kindOf(h)
if h ~= '' and not kind then
  return redis.error_reply('OPAQUE the key holds a record of another version, which put and invalidate may replace')
end
if kind == QUARANTINE then return redis.error_reply('QUARANTINE the key is about to be changed in the origin') end
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
if isDirty(h) or kind == VALUE and unpacked('>I6', h, 27) > math.floor(micros / 1000)
  and unpacked('>I8', h, 5) >= tonumber(call('GET', KEYS[2]) or 0) then
  return {0, micros, 0}
end
local minimum = minimumAbove(ARGV[5], h)
if minimum then return {-1, micros, minimum} end
local stamp = tick(call, 1, ARGV[2])
publish(WRITTEN, stamp, micros, 1)
return store(key, stamp, micros, 3)
