-- Puts a write into the journal, KEYS[4], and its dirty record at the key, KEYS[3]. From now on no older write of the key
-- that was given up may be put back: KEYS[5] has, by key, those that may be. The last id of a stream only grows: where the
-- clock is behind it, nothing has changed but the clock.
local function enter(stamp, micros, record)
  local key = sub(KEYS[3], #KEYS[1])
  call('XADD', KEYS[4], string.format('%.0f-0', stamp), 'k', key, 't', string.format('%.0f', math.floor(micros / 1000)),
    'r', record)
  call('SET', KEYS[3], record)
  call('HDEL', KEYS[5], key)
end
