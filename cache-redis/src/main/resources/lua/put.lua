-- Stores a value, whatever was there but a quarantine or a newer origin version. With a holder only if the key is in
-- quarantine by that holder alone, and nothing else came since it began, be it a clear; its part of it ends in any case.
-- What a quarantine refuses is an invalidation, which names the value's origin version as the least.
-- KEYS: clk, floor, key · ARGV: channel, atLeast, holder (8 bytes, 0 = none), parts of the value
-- Returns the stamp (0 = refused, -1 = too old), server microseconds, loadedAt (too old: the least origin version).
local key, holder = KEYS[3], ARGV[3]
local h = call('GETRANGE', key, '0', '63')
local fenced, quarantined = holder ~= NONE, kindOf(h) == QUARANTINE
local minimum = minimumAbove(ARGV[6], h)
local stamp, micros
if not fenced and not quarantined then
  if minimum then
    local time = call('TIME')
    return {-1, time[1] * 1000000 + time[2], minimum}
  end
  stamp, micros = tick(call, 1, ARGV[2])
  publish(WRITTEN, stamp, micros, 1)
  return store(key, stamp, micros, 4)
end
local stores = fenced and quarantined and not minimum and sub(h, 4, 4) ~= SHARED
  and call('GETRANGE', key, '64', '-1') == holder
  and unpacked('>I8', h, 5) >= tonumber(call('GET', KEYS[2]) or 0)
stamp, micros = tick(stores and call or insist, 1, ARGV[2])
publish(WRITTEN, stamp, micros, 1)
if stores then return store(key, stamp, micros, 4) end
leave(key, h, stamp, math.floor(micros / 1000), holder, ARGV[6])
if fenced and minimum then return {-1, micros, minimum} end
return {0, micros, 0}
