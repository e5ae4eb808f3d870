-- Stores a loaded value if the lease is still ours and no clear came since it was granted. Neither ticks nor publishes.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, token, flags, codec, payload, freshMillis, keepMillis, loadMillis
-- Returns the stamp (0 = refused, our lease is dropped), server microseconds, loadedAt.
local clock, micros, now, floor = tick(0, ARGV[1])
local h = redis.call('GETRANGE', KEYS[3], 0, 63)
if not owns(h, ARGV[2]) then return {'0', digits(micros), '0'} end
if stampOf(h) < floor then
  dropLease(KEYS[3], h)
  return {'0', digits(micros), '0'}
end
local loadedAt = store(KEYS[3], clock, now, {unpack(ARGV, 3)})
return {digits(clock), digits(micros), digits(loadedAt)}
