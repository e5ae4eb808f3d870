-- Reads the oldest writes of a journal after one, for its owner; no more once they have more than a mebibyte.
-- KEYS: clk, owner, journal · ARGV: owner (8 bytes), the id after which, how many at most
-- Returns 1, server microseconds, and for each write its id, its key and its record; what is not where it should be, empty.
-- Fails for whoever is not the owner.
local time = call('TIME')
if call('GET', KEYS[2]) ~= ARGV[1] then return redis.error_reply('DEPOSED another instance writes this journal') end
local reply, after, left, bytes = {1, time[1] * 1000000 + time[2]}, '(' .. ARGV[2] .. '-0', tonumber(ARGV[3]), 0
while left > 0 and bytes <= 1048576 do
  local part = math.min(left, 32)
  local entries = call('XRANGE', KEYS[3], after, '+', 'COUNT', part)
  for _, entry in ipairs(entries) do
    local n, fields = #reply, entry[2]
    local key, record = fields[1] == 'k' and fields[2] or '', fields[5] == 'r' and fields[6] or ''
    reply[n + 1], reply[n + 2], reply[n + 3] = string.match(entry[1], '^%d+'), key, record
    after, bytes = '(' .. entry[1], bytes + #record
  end
  left = #entries < part and 0 or left - part
end
return reply
