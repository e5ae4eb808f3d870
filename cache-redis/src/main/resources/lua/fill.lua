-- Stores a loaded value if the lease is still ours and neither a clear nor a repair came since it was granted. Neither
-- ticks nor publishes.
-- KEYS: clk, floor, key, epoch · ARGV: atLeast, leaseToken, leaseStamp (the clock at the grant), parts of the value
-- Returns the stamp (0 = refused, our lease is dropped; -1 = too old, it stays), server microseconds, loadedAt (too old:
-- the least origin version).
local clock, micros, floor = reading(ARGV[1])
local key = KEYS[3]
local h = call('GETRANGE', key, '0', '63')
if not isHeld(h, ARGV[2]) then return {0, micros, 0} end
local epoch = call('GET', KEYS[4])
if unpacked('>I8', h, 5) < floor or epoch and tonumber(string.match(epoch, '^%d+')) > tonumber(ARGV[3]) then
  giveUp(key, h)
  return {0, micros, 0}
end
local minimum = minimumAbove(ARGV[6], h)
if minimum then return {-1, micros, minimum} end
return store(key, clock, micros, 4)
