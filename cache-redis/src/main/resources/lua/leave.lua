-- Takes a holder out of a quarantine: the last one removes it. Without one it is as an invalidation.
local function leave(key, h, stamp, now, holder)
  local rest, found = '', false
  if kindOf(h) == QUARANTINE then
    local holders = call('GETRANGE', key, '64', '-1')
    for i = 1, #holders, 8 do
      local each = sub(holders, i, i + 7)
      if each == holder then found = true else rest = rest .. each end
    end
  end
  if not found then
    drop(key, h, stamp, now, NONE)
  elseif rest ~= '' then
    call('SET', key, sub(h, 1, 3) .. SHARED .. sub(h, 5) .. rest, 'KEEPTTL')
  else
    call('DEL', key)
    drop(key, '', stamp, now, sub(h, 39, 46))
  end
end
