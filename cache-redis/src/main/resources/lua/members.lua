-- Notes that an instance is alive, or is not any more, and forgets all whose time is over.
-- KEYS: clk of the tag partition, members · ARGV: instance (8 bytes), keepMillis (0 = it leaves)
-- Returns the number of those that are alive, server microseconds, and each of them.
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] == '0' then
  call('ZREM', KEYS[2], ARGV[1])
else
  insist('ZADD', KEYS[2], string.format('%.0f', now + ARGV[2]), ARGV[1])
end
call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
local alive = call('ZRANGE', KEYS[2], 0, -1)
local reply = {#alive, time[1] * 1000000 + time[2]}
for i, member in ipairs(alive) do reply[i + 2] = member end
return reply
