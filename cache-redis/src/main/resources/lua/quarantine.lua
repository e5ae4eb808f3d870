-- Keeps a key empty until the last of its holders has ended, or the time is over. What was there is invalidated, but its
-- origin version, or a minimum, stays as the minimum.
-- KEYS: clk, floor, key · ARGV: channel, atLeast, holder (8 bytes), millis
-- Returns the stamp and server microseconds. Fails on a dirty value, which must not go.
local key, holder, millis = KEYS[3], ARGV[3], tonumber(ARGV[4])
local h = call('GETRANGE', key, '0', '63')
if isDirty(h) then return redis.error_reply('DIRTY the key holds a value that is still to be written to the origin') end
local stamp, micros = tick(insist, 1, ARGV[2])
publish(WRITTEN, stamp, micros, 1)
local now, kind = math.floor(micros / 1000), kindOf(h)
local flags, since, minimum, holders = '\0', pack('>I8', stamp), NONE, holder
if kind == QUARANTINE then
  holders, millis = call('GETRANGE', key, '64', '-1'), math.max(millis, call('PTTL', key))
  local known = false
  for i = 1, #holders, 8 do known = known or sub(holders, i, i + 7) == holder end
  -- The stamp stays: a clear that came since then counts.
  if known then flags, since = sub(h, 4, 4), sub(h, 5, 12) else holders, flags = holders .. holder, SHARED end
end
if kind then minimum = sub(h, 39, 46) end
call('SET', key, '\193\3\0' .. flags .. since .. pack('>I8I6I6I6', 0, now, 0, now + millis) .. minimum
  .. string.rep('\0', 18) .. holders, 'PX', string.format('%.0f', millis))
return {stamp, micros}
