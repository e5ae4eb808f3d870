-- Takes a write that is given up, and older ones of its key, from the journal, for its owner, and keeps it as a dead letter.
-- The record that it wrote goes; if there is none, something newer has taken its place, and it cannot be put back.
-- KEYS: clk, floor, key, journal, revivable, owner, dead letters · ARGV: channel, atLeast, owner (8 bytes), attempts,
-- reason, the ids, of which the last is given up
-- Returns 1 if it is the owner, else 0, and server microseconds.
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
if call('GET', KEYS[6]) ~= ARGV[3] then return {0, micros} end
local ids, id = {}, ARGV[#ARGV - 1]
local key = sub(KEYS[3], #KEYS[1])
local entry = call('XRANGE', KEYS[4], id .. '-0', id .. '-0')[1]
if not entry or entry[2][2] ~= key then return {1, micros} end
for i = 6, #ARGV - 1 do
  if isOf(ARGV[i] .. '-0', key) then ids[#ids + 1] = ARGV[i] .. '-0' end
end
local h = call('GETRANGE', KEYS[3], '0', '63')
local wrote = isDirty(h) and unpacked('>I8', h, 5) == tonumber(id)
if wrote then
  local stamp
  stamp, micros = tick(insist, 1, ARGV[2])
  publish(WRITTEN, stamp, micros, 1)
end
local reason = ARGV[5]
insist('ZADD', KEYS[7], id, pack('>I6I4I6I2', math.floor(micros / 1000), tonumber(ARGV[4]), tonumber(entry[2][4]) or math.floor(micros / 1000), #reason)
  .. reason .. pack('>I2', #key) .. key .. entry[2][6])
call('XDEL', KEYS[4], unpack(ids))
if wrote then
  call('DEL', KEYS[3])
  call('HSET', KEYS[5], key, id)
end
return {1, micros}
