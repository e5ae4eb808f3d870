-- Stores a value as put does without a holder, dirty and for as long as its write is in the journal, and adds the write to
-- the journal, where its id is the stamp.
-- KEYS: clk, floor, key, journal, revivable · ARGV: channel, atLeast, the most writes in the journal, parts of the value
-- Returns the stamp (-1 = too old, -2 = the journal is full), server microseconds, loadedAt (too old: the least origin
-- version). Fails in a quarantine. Whatever is not stored changes nothing.
local key, journal = KEYS[3], KEYS[4]
local h = call('GETRANGE', key, '0', '63')
if kindOf(h) == QUARANTINE then return redis.error_reply('CHANGING the key is being changed in the origin') end
local minimum, full = minimumAbove(ARGV[6], h), call('XLEN', journal) >= tonumber(ARGV[3])
if minimum or full then
  local time = call('TIME')
  return {full and -2 or -1, time[1] * 1000000 + time[2], minimum or 0}
end
local stamp, micros = tickAbove(ARGV[2])
publish(WRITTEN, stamp, micros, 1)
local head = sub(ARGV[4], 1, 3) .. string.char(byte(ARGV[4], 4) + DIRTY)
local record, loadedAt = assembled(head, stamp, micros, 4)
return {enter(stamp, micros, record), micros, loadedAt}
