-- Makes the value that is there fresh again, under a new token, if our lease on it is still there, the value is the known
-- one, and no clear came since the lease was granted. Its payload and tags stay. Neither ticks nor publishes.
-- KEYS: clk, floor, key · ARGV: atLeast, leaseToken, known token (8 bytes), new token (8 bytes), origin version (8 bytes,
-- 0 = as it is), loadMs (2 bytes), freshMillis, keepMillis, loadMillis
-- Returns as fill does.
local clock, micros, floor = reading(ARGV[1])
local key, now, version = KEYS[3], math.floor(micros / 1000), ARGV[5]
local h = call('GETRANGE', key, '0', '63')
if not isHeld(h, ARGV[2]) then return {0, micros, 0} end
if kindOf(h) ~= VALUE or sub(h, 13, 20) ~= ARGV[3] or unpacked('>I8', h, 5) < floor then
  giveUp(key, h)
  return {0, micros, 0}
end
local minimum = sub(h, 39, 46)
if version == NONE then
  version = minimum
elseif isOlder(version, minimum) then
  return {-1, micros, minimum}
end
local loadedAt = math.max(0, now - ARGV[9])
-- Redis does not refuse this when its memory is full, and lets a script that has begun to write go on.
call('PEXPIRE', key, ARGV[8])
call('SETRANGE', key, 3, string.char(bit.band(byte(h, 4), 247)) .. pack('>I8', clock) .. ARGV[4]
  .. pack('>I6I6I6', loadedAt, now + ARGV[7], now + ARGV[8]) .. version .. string.rep('\0', 14) .. ARGV[6])
return {clock, micros, loadedAt}
