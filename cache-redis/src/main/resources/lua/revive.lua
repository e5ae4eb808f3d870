-- Puts a dead letter back: its value is stored and entered into the journal again, with a new stamp and for as long as it
-- was to live from then on, unless a newer write of the key has come, or a newer origin version. It is gone in any case.
-- KEYS: clk, floor, key, journal, revivable, dead letters · ARGV: channel, atLeast, id
-- Returns 1 if there was one, else 0, and server microseconds. Fails in a quarantine, and if the letter holds no value that
-- this version knows, and changes nothing then.
local id, time = ARGV[3], call('TIME')
local micros = time[1] * 1000000 + time[2]
local letter = call('ZRANGEBYSCORE', KEYS[6], id, id)[1]
if not letter then return {0, micros} end
local h, key = call('GETRANGE', KEYS[3], '0', '63'), sub(KEYS[3], #KEYS[1])
if kindOf(h) == QUARANTINE then return redis.error_reply('CHANGING the key is being changed in the origin') end
-- Behind the reason and the key, each after its length.
local record = sub(letter, 21 + unpacked('>I2', letter, 17) + #key)
if kindOf(record) ~= VALUE then return redis.error_reply('FOREIGN the dead letter is of another version') end
if call('HGET', KEYS[5], key) == id and not isDirty(h) and not minimumAbove(sub(record, 39, 46), h) then
  local stamp
  stamp, micros = tickAbove(ARGV[2])
  publish(WRITTEN, stamp, micros, 1)
  local now, written = math.floor(micros / 1000), unpacked('>I6', letter, 11)
  enter(stamp, micros, sub(record, 1, 4) .. pack('>I8', stamp) .. sub(record, 13, 20)
    .. pack('>I6I6I6', now, now + unpacked('>I6', record, 27) - written, now + unpacked('>I6', record, 33) - written)
    .. sub(record, 39))
elseif call('HGET', KEYS[5], key) == id then
  call('HDEL', KEYS[5], key)
end
call('ZREMRANGEBYSCORE', KEYS[6], id, id)
return {1, micros}
