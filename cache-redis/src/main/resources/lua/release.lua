-- Gives a lease up if it is still ours. After failures a hold takes its place: in the header, where nobody gets the lease
-- while its time lasts; the record stays for a minute more.
-- KEYS: clk, key · ARGV: leaseToken, failures (0 = one if the lease is awaited and there is a hold, else none), holdMillis
-- (0 = none: failures are only remembered)
-- Returns 1 if it was ours, else 0.
local key = KEYS[2]
local h = call('GETRANGE', key, '0', '63')
if not isHeld(h, ARGV[1]) then return {0} end
local failures = ARGV[2]
if failures == '0' and ARGV[3] ~= '0' and byte(h, 60) % 2 == 1 then failures = '1' end
if failures == '0' then
  giveUp(key, h)
  return {1}
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local keep, ends = unpacked('>I6', h, 33), now + ARGV[3]
if keep < ends + 60000 then
  keep = ends + 60000
  call('PEXPIRE', key, string.format('%.0f', keep - now))
end
insist('SETRANGE', key, 32, pack('>I6', keep) .. sub(h, 39, 46) .. HELD_BACK .. string.char(failures) .. pack('>I6', ends))
return {1}
