-- Grants the lease to load a key: in the header of a value or tombstone, else by a marker. Where there is no value but a
-- least origin version it is a tombstone, since a marker goes with its lease. Both outlive the lease by a minute, for a
-- late fill.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, leaseMillis, mode (0 = unless there is a fresh value, 1 = even then)
-- Returns 1 if granted, else 0; server microseconds; if not granted, the floor and the record.
local clock, micros, floor = reading(ARGV[1])
local key, now, millis = KEYS[3], math.floor(micros / 1000), tonumber(ARGV[3])
local lease = ARGV[2] .. pack('>I6', now + millis)
local h = call('GETRANGE', key, '0', '63')
local kind = kindOf(h)

local function inNewRecord(minimum)
  local keep = millis + 60000
  call('SET', key, pack('>BBI2I8I8I6I6I6', 0xC1, minimum == NONE and LEASE or TOMBSTONE, 0, clock, 0, now, 0, now + keep)
    .. minimum .. lease .. '\0\0\0\0', 'PX', string.format('%.0f', keep))
  return {1, micros}
end

if h == '' then return inNewRecord(NONE) end
if kind and kind ~= QUARANTINE then
  -- A lease below the floor could never be filled, whoever holds it.
  if unpacked('>I8', h, 5) < floor then return inNewRecord(sub(h, 39, 46)) end
  if unpacked('>I6', h, 55) <= now then
    if kind == LEASE then return inNewRecord(sub(h, 39, 46)) end
    if kind == TOMBSTONE or ARGV[4] == '1' or unpacked('>I6', h, 27) <= now then
      call('SETRANGE', key, 46, lease)
      return {1, micros}
    end
  end
end
return {0, micros, floor, call('GET', key)}
