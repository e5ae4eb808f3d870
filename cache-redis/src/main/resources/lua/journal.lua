-- Reads the oldest writes of a journal after one, for its owner.
-- KEYS: clk, owner, journal · ARGV: owner (8 bytes), the id after which, how many at most
-- Returns 1, server microseconds, and for each write its id, its key and its record. Fails for whoever is not the owner.
local time = call('TIME')
if call('GET', KEYS[2]) ~= ARGV[1] then return redis.error_reply('DEPOSED another instance writes this journal') end
local reply = {1, time[1] * 1000000 + time[2]}
for _, entry in ipairs(call('XRANGE', KEYS[3], '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3])) do
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3] = string.match(entry[1], '^%d+'), entry[2][2], entry[2][6]
end
return reply
