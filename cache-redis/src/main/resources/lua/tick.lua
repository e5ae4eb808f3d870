-- In front of every script; other shared parts follow. KEYS[1] is the partition's clock, KEYS[2] its floor, if a script
-- uses them. A script that publishes ticks first, then publishes, and only then changes records: if the memory is full, or
-- the user must not publish, it fails before it has changed any. Others see all of it at once, or nothing.
-- Offsets are those of docs/wire-format.md plus one. Stamps and times are below 2^53; tokens and origin versions, which
-- are not, are strings of 8 bytes. Functions are made anew by each call, so each script has only those that it needs.
local call, sub, byte, pack, unpacked = redis.call, string.sub, string.byte, struct.pack, struct.unpack
local NONE = '\0\0\0\0\0\0\0\0'

-- Executes a command that Redis refuses when its memory is full. PERSIST, which changes nothing here, it does not refuse,
-- and a script that has begun to write is let go on.
local function insist(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    call('PERSIST', KEYS[1])
    return call(...)
  end
  return reply
end

-- Sets a clock, which is missing, above everything that may have been seen of it, plus n.
local function restarted(micros, atLeast, n)
  local clock = math.max(micros, tonumber(call('GET', KEYS[2]) or 0), tonumber(atLeast)) + n
  call('SET', KEYS[1], string.format('%.0f', clock))
  return clock
end

-- Advances the clock by n > 0. Returns it, and the server's time in microseconds.
local function tick(execute, n, atLeast)
  local clock, time = execute('INCRBY', KEYS[1], n), call('TIME')
  local micros = time[1] * 1000000 + time[2]
  if clock == n then clock = restarted(micros, atLeast, n) end
  return clock, micros
end
