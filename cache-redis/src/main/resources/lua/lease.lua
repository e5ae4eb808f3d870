-- Grants the lease to load a key: by a marker where there is nothing, else in the header of the value or tombstone.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, leaseMillis, mode (0 = unless there is a fresh value, 1 = even then)
-- Returns 1 if granted, else 0; server microseconds; the clock if granted, else the floor; if not granted, the record.
local clock, micros, floor = reading(ARGV[1])
local key, now, millis = KEYS[3], math.floor(micros / 1000), tonumber(ARGV[3])
local lease = ARGV[2] .. pack('>I6', now + millis)
local h = call('GETRANGE', key, '0', '63')
local kind = kindOf(h)

local function marker(minimum)
  call('SET', key, pack('>BBI2I8I8I6I6I6', 0xC1, LEASE, 0, clock, 0, now, 0, now + 2 * millis) .. minimum .. lease
    .. '\0\0\0\0', 'PX', 2 * millis)
  return {1, micros, clock}
end

local function inHeader()
  call('SETRANGE', key, 46, lease)
  return {1, micros, clock}
end

if h == '' then return marker(NONE) end
if kind and kind ~= QUARANTINE then
  -- A lease below the floor could never be filled, whoever holds it.
  if unpacked('>I8', h, 5) < floor then
    if kind ~= TOMBSTONE then return marker(sub(h, 39, 46)) end
    call('SETRANGE', key, 4, pack('>I8', clock))
    return inHeader()
  end
  if unpacked('>I6', h, 55) <= now then
    if kind == LEASE then return marker(sub(h, 39, 46)) end
    if kind == TOMBSTONE or ARGV[4] == '1' or unpacked('>I6', h, 27) <= now then return inHeader() end
  end
end
return {0, micros, floor, call('GET', key)}
