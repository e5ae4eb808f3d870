-- Reads the versions of tags. One that has none, or one below the floor, gets a new one: the clock, which does not advance,
-- and a new token.
-- KEYS: clk, floor, tag.. · ARGV: atLeast, keepMillis, a token for each tag
-- Returns the clock, server microseconds, and for each tag its stamp and token, 8 bytes each. Fails on a record of another
-- version.
local clock, micros, floor = reading(ARGV[1])
local keep, reply = tonumber(ARGV[2]), {clock, micros}
for i = 3, #KEYS do
  local record = call('GET', KEYS[i])
  if record and (#record ~= 17 or byte(record) ~= 0xE1) then
    return redis.error_reply('OPAQUE a tag holds a record of another version, which invalidating the tag replaces')
  end
  if not record or unpacked('>I8', record, 2) < floor then
    record = '\225' .. pack('>I8', clock) .. ARGV[i]
    call('SET', KEYS[i], record, 'PX', ARGV[2])
  elseif call('PTTL', KEYS[i]) < keep then
    call('PEXPIRE', KEYS[i], ARGV[2])
  end
  reply[i] = sub(record, 2)
end
return reply
