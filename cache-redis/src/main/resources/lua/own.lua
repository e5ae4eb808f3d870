-- Makes an instance the owner of the partition's journal, or keeps it the owner, or ends that, unless another one is.
-- KEYS: clk, owner, journal, dead letters · ARGV: owner (8 bytes), leaseMillis (0 = it gives the journal up)
-- Returns 1 if it is, or was, the owner, else 0; server microseconds; how long the lease lasts, the number of writes in the
-- journal, milliseconds since the oldest (0 = there is none), the number of dead letters.
local time, owner = call('TIME'), call('GET', KEYS[2])
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held, left = 0, 0
if not owner or owner == ARGV[1] then
  held, left = 1, tonumber(ARGV[2])
  if left > 0 then
    insist('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  elseif owner then
    call('DEL', KEYS[2])
  end
else
  left = call('PTTL', KEYS[2])
end
local oldest = call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
return {held, time[1] * 1000000 + time[2], left, call('XLEN', KEYS[3]), oldest and math.max(1, now - (tonumber(oldest[2][4]) or now)) or 0,
  call('ZCARD', KEYS[4])}
