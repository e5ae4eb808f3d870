local VALUE, LEASE, QUARANTINE, TOMBSTONE = 1, 2, 3, 4
local DIRTY, SOFT_EXPIRED, SHARED, DOOMED = 4, 8, '\16', 32
-- A lease token that begins so is nobody's: it holds the key back, and ends with the number of failures.
local HELD_BACK = '\255\255\255\255\255\255\255'

-- What the record with this header is; nil if there is none, or one that this version does not know.
local function kindOf(h)
  if #h < 64 then return nil end
  local magic, kind, high, low = byte(h, 1, 4)
  if magic == 0xC1 and kind >= 1 and kind <= 4 and high == 0 and bit.band(low, 194) == 0 and byte(h, 64) <= 64 then
    return kind
  end
end

-- Whether it is a value whose write is still in the journal.
local function isDirty(h)
  return kindOf(h) == VALUE and bit.band(byte(h, 4), DIRTY) ~= 0
end

-- Whether one origin version is below another, as unsigned numbers; a double would lose bits above 2^53.
local function isOlder(one, other)
  local high, low = unpacked('>I4I4', one)
  local otherHigh, otherLow = unpacked('>I4I4', other)
  return high < otherHigh or high == otherHigh and low < otherLow
end
