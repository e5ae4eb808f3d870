-- The parts of a value begin at ARGV[i]: head (magic, kind, flags), token, originVersion, tail (loadMs, codec, tagCount),
-- body (tags, payload), freshMillis, keepMillis, loadMillis.
local function assembled(head, stamp, micros, i)
  local now = math.floor(micros / 1000)
  local loadedAt = math.max(0, now - ARGV[i + 7])
  return head .. pack('>I8', stamp) .. ARGV[i + 1]
    .. pack('>I6I6I6', loadedAt, now + ARGV[i + 5], now + ARGV[i + 6]) .. ARGV[i + 2]
    .. '\0\0\0\0\0\0\0\0\0\0\0\0\0\0' .. ARGV[i + 3] .. ARGV[i + 4], loadedAt
end

local function store(key, stamp, micros, i)
  local record, loadedAt = assembled(ARGV[i], stamp, micros, i)
  call('SET', key, record, 'PX', ARGV[i + 6])
  return {stamp, micros, loadedAt}
end

-- The least origin version that the record with this header accepts, if that is above the version.
local function minimumAbove(version, h)
  if version == NONE or not kindOf(h) then return nil end
  local minimum = sub(h, 39, 46)
  return isOlder(version, minimum) and minimum or nil
end
