-- ARGV[1] is the channel, the last of ARGV the command to publish with. A server without shard channels, which is one
-- without this constant, publishes to all. The n keys, those from KEYS[3] on if no others are given, are named without
-- the partition's prefix, which is that of the clock's name, each after its length.
local WRITTEN, CLEARED, EXPIRED, JUMPED = 1, 2, 3, 4

local function publish(kind, stamp, micros, n, others)
  local start, keys, first, message = #KEYS[1], others or KEYS, others and 1 or 3, nil
  if n == 1 then
    local key = sub(keys[first], start)
    message = pack('>BBI8I8I2I2c0', 0xD1, kind, stamp, micros, 1, #key, key)
  else
    local parts = {pack('>BBI8I8I2', 0xD1, kind, stamp, micros, n)}
    for i = 1, n do
      local key = sub(keys[i + first - 1], start)
      parts[i + 1] = pack('>I2c0', #key, key)
    end
    message = table.concat(parts)
  end
  call(redis.REDIS_VERSION_NUM and ARGV[#ARGV] or 'PUBLISH', ARGV[1], message)
end
