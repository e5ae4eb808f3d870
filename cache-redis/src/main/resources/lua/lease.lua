-- Grants the lease to load a key: in the header of a value or tombstone, else by a marker. Where there is no value but a
-- least origin version it is a tombstone, since a marker goes with its lease. All outlive the lease by a minute, for a
-- late fill. Nobody gets it on a dirty value. Whoever is refused for nothing but somebody's lease marks it as awaited:
-- leaseUntil is even, and odd then.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, leaseMillis, mode (0 = unless there is a fresh value, 1 = even then,
-- and if the key is held back, 2 = unless there is a fresh value of another token), the known token (8 bytes)
-- Returns 1 if granted, else 0; server microseconds; if granted, the failures before, else the floor and the record.
local clock, micros, floor = reading(ARGV[1])
local key, now, millis = KEYS[3], math.floor(micros / 1000), tonumber(ARGV[3])
local lease = ARGV[2] .. pack('>I6', now + millis - (now + millis) % 2)
local h = call('GETRANGE', key, '0', '63')
local kind = kindOf(h)

local function inNewRecord(minimum, failures)
  local keep = millis + 60000
  call('SET', key, pack('>BBI2I8I8I6I6I6', 0xC1, minimum == NONE and LEASE or TOMBSTONE, 0, clock, 0, now, 0, now + keep)
    .. minimum .. lease .. '\0\0\0\0', 'PX', string.format('%.0f', keep))
  return {1, micros, failures}
end

if h == '' then return inNewRecord(NONE, 0) end
if kind and kind ~= QUARANTINE and not isDirty(h) then
  -- A lease below the floor could never be filled, whoever holds it.
  if unpacked('>I8', h, 5) < floor then return inNewRecord(sub(h, 39, 46), 0) end
  local failures, always = sub(h, 47, 53) == HELD_BACK and byte(h, 54) or 0, ARGV[4] == '1'
  if kind ~= VALUE or always or unpacked('>I6', h, 27) <= now or ARGV[4] == '2' and sub(h, 13, 20) == ARGV[5] then
    if unpacked('>I6', h, 55) <= now or always and failures > 0 then
      if kind == LEASE then return inNewRecord(sub(h, 39, 46), failures) end
      local keep = now + millis + 60000
      if unpacked('>I6', h, 33) >= keep then
        call('SETRANGE', key, 46, lease)
      else
        call('SETRANGE', key, 32, pack('>I6', keep) .. sub(h, 39, 46) .. lease)
        call('PEXPIRE', key, string.format('%.0f', keep - now))
      end
      return {1, micros, failures}
    elseif failures == 0 and byte(h, 60) % 2 == 0 then
      -- The reply counts more than the mark, which a full server refuses.
      redis.pcall('SETRANGE', key, 59, string.char(byte(h, 60) + 1))
    end
  end
end
return {0, micros, floor, call('GET', key)}
