-- As tick, for a stamp that is the id of a write: above what the caller has seen also where the server has lost writes, as a
-- replica that was promoted may have. The origin may have those, and would take a lower id for an older write.
local function tickAbove(atLeast)
  local stamp, micros = tick(call, 1, atLeast)
  if stamp <= tonumber(atLeast) then stamp = restarted(micros, atLeast, 1) end
  return stamp, micros
end

-- Puts a write into the journal, KEYS[4], and its dirty record at the key, KEYS[3]. From now on no older write of the key
-- that was given up may be put back: KEYS[5] has, by key, those that may be. The last id of a stream only grows: a clock
-- that is behind it, which was lost while the server's time was set back, is set past it, and whoever gets the message has
-- missed something. Returns the stamp.
local function enter(stamp, micros, record)
  local key, millis = sub(KEYS[3], #KEYS[1]), string.format('%.0f', math.floor(micros / 1000))
  local function add(execute)
    return execute('XADD', KEYS[4], string.format('%.0f-0', stamp), 'k', key, 't', millis, 'r', record)
  end
  if type(add(redis.pcall)) == 'table' then
    local about, last = redis.pcall('XINFO', 'STREAM', KEYS[4]), 0
    for i = 1, about.err and 0 or #about, 2 do
      if about[i] == 'last-generated-id' then last = tonumber(string.match(about[i + 1], '^%d+')) end
    end
    if last >= stamp then
      stamp = last + 1
      call('SET', KEYS[1], string.format('%.0f', stamp))
      publish(WRITTEN, stamp, micros, 1)
      record = sub(record, 1, 4) .. pack('>I8', stamp) .. sub(record, 13)
    end
    add(call)
  end
  call('SET', KEYS[3], record)
  call('HDEL', KEYS[5], key)
  return stamp
end
