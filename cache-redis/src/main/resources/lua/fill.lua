-- Stores a loaded value if the lease is still ours and no clear came since it was granted. Neither ticks nor publishes.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, parts of the value
-- Returns the stamp (0 = refused, our lease is dropped; -1 = too old, it stays), server microseconds, loadedAt (too old:
-- the least origin version).
local clock, micros, floor = reading(ARGV[1])
local key = KEYS[3]
local h = call('GETRANGE', key, '0', '63')
if not isHeld(h, ARGV[2]) then return {0, micros, 0} end
if unpacked('>I8', h, 5) < floor then
  giveUp(key, h)
  return {0, micros, 0}
end
local minimum = minimumAbove(ARGV[5], h)
if minimum then return {-1, micros, minimum} end
return store(key, clock, micros, 3)
