-- Reads dead letters in the order of their ids.
-- KEYS: clk, dead letters · ARGV: the least id, the greatest, how many at most
-- Returns their number, server microseconds, and for each its id and what is kept of it: u48 when it was given up, u32
-- attempts, u48 when it was written, u16 length and reason, u16 length and key, record.
local time = call('TIME')
local found = call('ZRANGEBYSCORE', KEYS[2], ARGV[1], ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local reply = {#found / 2, time[1] * 1000000 + time[2]}
for i = 1, #found, 2 do
  reply[i + 2], reply[i + 3] = string.format('%.0f', found[i + 1]), found[i]
end
return reply
