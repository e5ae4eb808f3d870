-- Takes a holder out of a quarantine: the last one removes it. Without one it is as an invalidation. In any case the least
-- origin version that may be stored from now on is remembered.
local function leave(key, h, stamp, now, holder, least)
  local rest, found = '', false
  if kindOf(h) == QUARANTINE then
    local holders = call('GETRANGE', key, '64', '-1')
    for i = 1, #holders, 8 do
      local each = sub(holders, i, i + 7)
      if each == holder then found = true else rest = rest .. each end
    end
  end
  if not found then
    drop(key, h, stamp, now, least)
  elseif rest ~= '' then
    call('SET', key, sub(h, 1, 3) .. SHARED .. sub(h, 5) .. rest, 'KEEPTTL')
    drop(key, h, stamp, now, least)
  else
    local minimum = sub(h, 39, 46)
    call('DEL', key)
    drop(key, '', stamp, now, isOlder(minimum, least) and least or minimum)
  end
end
