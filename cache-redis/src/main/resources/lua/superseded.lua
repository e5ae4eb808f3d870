-- Takes writes of one key from the journal for which a later one stands, for its owner, if that one is in the journal.
-- KEYS: clk, owner, journal · ARGV: owner (8 bytes), the key, the id of the later write, the id of each that goes
-- Returns 1 if it is the owner, else 0, and server microseconds.
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
if call('GET', KEYS[2]) ~= ARGV[1] then return {0, micros} end
local by = ARGV[3] .. '-0'
local later = call('XRANGE', KEYS[3], by, by)[1]
if later and later[2][1] == 'k' and later[2][2] == ARGV[2] then
  local ids = {}
  for i = 4, #ARGV - 1 do ids[i - 3] = ARGV[i] .. '-0' end
  call('XDEL', KEYS[3], unpack(ids))
end
return {1, micros}
