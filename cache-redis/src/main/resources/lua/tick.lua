-- Shared by all scripts, put in front of each. KEYS[1] is the partition's clock, KEYS[2] its floor, if a script uses them.
-- Offsets are those of docs/wire-format.md plus one. Tokens and times of records are opaque strings or below 2^53.
local MAGIC, VALUE, LEASE, NO_LEASE = 0xC1, 1, 2, string.rep('\0', 14)

local function digits(number) return string.format('%.0f', number) end

-- Advances the clock by n, or reads it if n is 0. A missing clock is set above everything that may have been seen of it.
-- Returns the clock, the server's time in microseconds and in milliseconds, and the floor.
local function tick(n, atLeast)
  local time = redis.call('TIME')
  local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local floor = tonumber(redis.call('GET', KEYS[2]) or 0)
  local clock
  if n > 0 then clock = redis.call('INCRBY', KEYS[1], n) else clock = tonumber(redis.call('GET', KEYS[1]) or 0) end
  if clock == n then
    clock = math.max(micros, floor, tonumber(atLeast)) + n
    redis.call('SET', KEYS[1], digits(clock))
  end
  return clock, micros, math.floor(micros / 1000), floor
end

-- Whether this version knows the record with this header.
local function readable(h)
  local kind = string.byte(h, 2)
  return #h == 64 and string.byte(h, 1) == MAGIC and (kind == VALUE or kind == LEASE)
    and string.byte(h, 3) == 0 and string.byte(h, 4) <= 1 and string.byte(h, 64) == 0
end

local function kindOf(h) return string.byte(h, 2) end
local function stampOf(h) return (struct.unpack('>I8', h, 5)) end
local function freshUntilOf(h) return (struct.unpack('>I6', h, 27)) end
local function leaseTokenOf(h) return string.sub(h, 47, 54) end
local function leaseUntilOf(h) return (struct.unpack('>I6', h, 55)) end

local function isFresh(h, floor, now)
  return readable(h) and kindOf(h) == VALUE and stampOf(h) >= floor and freshUntilOf(h) > now
end

local function owns(h, token)
  return readable(h) and token ~= string.rep('\0', 8) and leaseTokenOf(h) == token
end

-- Takes the lease away: a marker goes, a value stays.
local function dropLease(key, h)
  if kindOf(h) == LEASE then redis.call('DEL', key) else redis.call('SETRANGE', key, 46, NO_LEASE) end
end

-- v: token (8 bytes), flags, codec, payload, fresh, keep and load time in milliseconds. Returns loadedAt.
local function store(key, stamp, now, v)
  local load = tonumber(v[7])
  local loadedAt = math.max(0, now - load)
  redis.call('SET', key, struct.pack('>BBI2I8', MAGIC, VALUE, tonumber(v[2]), stamp) .. v[1]
    .. struct.pack('>I6I6I6I8', loadedAt, now + tonumber(v[5]), now + tonumber(v[6]), 0) .. NO_LEASE
    .. struct.pack('>I2BB', math.min(load, 65535), tonumber(v[3]), 0) .. v[4], 'PX', v[6])
  return loadedAt
end

-- The last argument of every script is the command to publish with. A server without shard channels, which is one without
-- this constant, publishes to all.
local function publish(channel, kind, stamp, micros, n, keys)
  redis.call(redis.REDIS_VERSION_NUM and ARGV[#ARGV] or 'PUBLISH', channel, struct.pack('>BBI8I8I2', 0xD1, kind, stamp, micros, n) .. keys)
end

-- Key names without the partition's prefix, which is that of the clock's name, each after its length.
local function bareKeys(from)
  local start = #KEYS[1] - 3 + 2 + 1
  local keys = {}
  for i = from, #KEYS do
    local key = string.sub(KEYS[i], start)
    keys[#keys + 1] = struct.pack('>I2', #key) .. key
  end
  return table.concat(keys)
end
