-- Whether an entry of the journal, KEYS[4], is a write of a key: after a failover that lost writes, an id that an instance
-- remembers may be that of another one.
local function isOf(id, key)
  local entry = call('XRANGE', KEYS[4], id, id)[1]
  return entry and (entry[2][1] == 'k' and entry[2][2] or '') == key
end
