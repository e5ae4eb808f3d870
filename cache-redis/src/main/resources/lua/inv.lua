-- Removes keys of one partition; dirty values later, once they have been written.
-- KEYS: clk, floor, key.. · ARGV: channel, atLeast, least origin version
-- Returns the stamp, server microseconds, and for each key 1 if a live value was there, else 0.
local stamp, micros = tick(insist, #KEYS - 2, ARGV[2])
publish(WRITTEN, stamp, micros, #KEYS - 2)
local reply, now, floor = {stamp, micros}, math.floor(micros / 1000), nil
for i = 3, #KEYS do
  local h, live = call('GETRANGE', KEYS[i], '0', '63'), 0
  if isDirty(h) then
    live = 1
  elseif kindOf(h) == VALUE and unpacked('>I6', h, 27) > now then
    floor = floor or tonumber(call('GET', KEYS[2]) or 0)
    if unpacked('>I8', h, 5) >= floor then live = 1 end
  end
  reply[i] = live
  if h ~= '' or ARGV[3] ~= NONE then drop(KEYS[i], h, stamp, now, ARGV[3]) end
end
return reply
