-- Whether the lease in this header has that token.
local function isHeld(h, token)
  return token ~= NONE and kindOf(h) ~= nil and sub(h, 47, 54) == token
end

-- Takes the lease away: a marker goes, a value or tombstone stays. KEYS[1] is the clock.
local function giveUp(key, h)
  if kindOf(h) == LEASE then call('DEL', key) else insist('SETRANGE', key, 46, string.rep('\0', 14)) end
end
