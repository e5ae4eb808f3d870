-- What an invalidation does to a record: a quarantine stays, but lets none of its holders store any more; all else goes,
-- but the greatest of a value's origin version, a minimum, and the least that may be stored from now on is kept by a
-- tombstone: an older value may still be on its way. A dirty value stays until its write has been made, doomed.
local function drop(key, h, stamp, now, least)
  local kind = kindOf(h)
  if isDirty(h) then
    call('SETRANGE', key, 3, string.char(bit.bor(byte(h, 4), DOOMED)))
    if isOlder(sub(h, 39, 46), least) then call('SETRANGE', key, 38, least) end
    return
  end
  if kind == QUARANTINE then
    call('SETRANGE', key, 3, SHARED)
    if least ~= NONE and isOlder(sub(h, 39, 46), least) then call('SETRANGE', key, 38, least) end
    return
  end
  local minimum = kind and sub(h, 39, 46) or NONE
  if minimum ~= NONE and isOlder(least, minimum) then least = minimum end
  if least ~= NONE then
    call('SET', key, pack('>BBI2I8I8I6I6I6', 0xC1, TOMBSTONE, 0, stamp, 0, now, 0, now + 60000) .. least
      .. string.rep('\0', 18), 'PX', 60000)
  elseif h ~= '' then
    call('DEL', key)
  end
end
