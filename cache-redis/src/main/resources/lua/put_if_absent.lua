-- Stores a value unless there is a fresh one.
-- KEYS and ARGV: as put
-- Returns the stamp (0 = not stored), server microseconds, loadedAt. Fails on a record of another version.
local h = redis.call('GETRANGE', KEYS[3], 0, 63)
if h ~= '' and not readable(h) then
  return redis.error_reply('OPAQUE the key holds a record of another version, which put and invalidate may replace')
end
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
if h ~= '' and isFresh(h, tonumber(redis.call('GET', KEYS[2]) or 0), math.floor(micros / 1000)) then
  return {'0', digits(micros), '0'}
end
local stamp, _, now = tick(1, ARGV[2])
local loadedAt = store(KEYS[3], stamp, now, {unpack(ARGV, 3)})
publish(ARGV[1], 1, stamp, micros, 1, bareKeys(3))
return {digits(stamp), digits(micros), digits(loadedAt)}
