-- Takes writes that the origin has from the journal, for its owner. A record that one of them wrote is not dirty any more,
-- and lives as long as it says; or it goes, if it is doomed, below the floor, or its time is over.
-- KEYS: clk, floor, owner, journal, the key of each write · ARGV: channel, atLeast, owner (8 bytes), the id of each write
-- Returns 1 if it is the owner, else 0, and server microseconds.
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
if call('GET', KEYS[3]) ~= ARGV[3] then return {0, micros} end
local now, floor = math.floor(micros / 1000), tonumber(call('GET', KEYS[2]) or 0)
local ids, kept, gone, headers = {}, {}, {}, {}
for i = 5, #KEYS do
  local key, id = KEYS[i], tonumber(ARGV[i - 1])
  local h, entry = call('GETRANGE', key, '0', '63'), ARGV[i - 1] .. '-0'
  local wrote = isDirty(h) and unpacked('>I8', h, 5) == id
  if wrote or isOf(entry, sub(key, #KEYS[1])) then ids[#ids + 1] = entry end
  if wrote and not headers[key] then
    local goes = bit.band(byte(h, 4), DOOMED) ~= 0 or id < floor or unpacked('>I6', h, 33) <= now
    local group = goes and gone or kept
    group[#group + 1], headers[key] = key, sub(h, 1, 3) .. string.char(bit.band(byte(h, 4), 255 - DIRTY - DOOMED)) .. sub(h, 5)
  end
end
local stamp = 0
if #gone > 0 then
  stamp, micros = tick(insist, #gone, ARGV[2])
  publish(WRITTEN, stamp, micros, #gone, gone)
end
-- Redis does not refuse this when its memory is full, and lets a script that has begun to write go on.
if #ids > 0 then call('XDEL', KEYS[4], unpack(ids)) end
for _, key in ipairs(gone) do drop(key, headers[key], stamp, now, NONE) end
for _, key in ipairs(kept) do
  call('SETRANGE', key, 3, sub(headers[key], 4, 4))
  call('PEXPIRE', key, string.format('%.0f', unpacked('>I6', headers[key], 33) - now))
end
return {1, micros}
