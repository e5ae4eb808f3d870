-- Executes invalidations again that a change of history may have lost: publishes keys of one partition, and removes values
-- and leases that are older than the repair, and what this version does not know.
-- KEYS: clk, floor, key.. · ARGV: channel, atLeast, E (as epoch returned it)
-- Returns the stamp and server microseconds.
local stamp, micros = tick(insist, #KEYS - 2, ARGV[2])
publish(WRITTEN, stamp, micros, #KEYS - 2)
local before = tonumber(ARGV[3])
for i = 3, #KEYS do
  local h = call('GETRANGE', KEYS[i], '0', '63')
  local kind = kindOf(h)
  if h ~= '' and (not kind or (kind == VALUE or kind == LEASE) and unpacked('>I8', h, 5) < before) then
    call('DEL', KEYS[i])
  end
end
return {stamp, micros}
