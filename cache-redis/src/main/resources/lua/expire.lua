-- Makes values of one partition stale, and leaves them as a reserve; to all else it is an invalidation.
-- KEYS: clk, floor, key.. · ARGV: channel, atLeast, least origin version, a new token for each key
-- Returns as inv does.
local stamp, micros = tick(insist, #KEYS - 2, ARGV[2])
publish(EXPIRED, stamp, micros, #KEYS - 2)
local reply, now, least = {stamp, micros}, math.floor(micros / 1000), ARGV[3]
local floor = tonumber(call('GET', KEYS[2]) or 0)
for i = 3, #KEYS do
  local key = KEYS[i]
  local h = call('GETRANGE', key, '0', '63')
  reply[i] = 0
  if isDirty(h) then
    reply[i] = 1
    drop(key, h, stamp, now, least)
  elseif kindOf(h) == VALUE and unpacked('>I8', h, 5) >= floor then
    if unpacked('>I6', h, 27) > now then reply[i] = 1 end
    local minimum = sub(h, 39, 46)
    if isOlder(minimum, least) then minimum = least end
    -- Flags, stamp and token are new, there is no freshness and no lease.
    call('SETRANGE', key, 0, sub(h, 1, 3) .. string.char(bit.bor(byte(h, 4), SOFT_EXPIRED)) .. pack('>I8', stamp)
      .. ARGV[i + 1] .. sub(h, 21, 26) .. '\0\0\0\0\0\0' .. sub(h, 33, 38) .. minimum .. string.rep('\0', 14))
  else
    drop(key, h, stamp, now, least)
  end
end
return reply
