-- Grants the lease to load a key: by a marker where there is nothing, else in the header of the value.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, leaseMillis, mode (0 = unless there is a fresh value, 1 = even then)
-- Returns 1 if granted, else 0; server microseconds; the floor; if not granted, the record.
local clock, micros, now, floor = tick(0, ARGV[1])
local token, millis = ARGV[2], tonumber(ARGV[3])
local h = redis.call('GETRANGE', KEYS[3], 0, 63)

local function refused()
  return {'0', digits(micros), digits(floor), redis.call('GET', KEYS[3])}
end

local function marker()
  redis.call('SET', KEYS[3], struct.pack('>BBI2I8', MAGIC, LEASE, 0, clock) .. string.rep('\0', 8)
    .. struct.pack('>I6I6I6I8', now, 0, now + 2 * millis, 0) .. token .. struct.pack('>I6', now + millis)
    .. string.rep('\0', 4), 'PX', 2 * millis)
  return {'1', digits(micros), digits(floor)}
end

if h == '' then return marker() end
if not readable(h) then return refused() end
-- A lease below the floor could never be filled, whoever holds it.
if stampOf(h) < floor then return marker() end
local running = leaseUntilOf(h) > now
if kindOf(h) == LEASE then
  if running then return refused() end
  return marker()
end
if running or (ARGV[4] == '0' and freshUntilOf(h) > now) then return refused() end
redis.call('SETRANGE', KEYS[3], 46, token .. struct.pack('>I6', now + millis))
return {'1', digits(micros), digits(floor)}
