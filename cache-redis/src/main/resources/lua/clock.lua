-- Reads the clock, setting it if it is missing. Returns it, the server's time in microseconds, and the floor.
local function reading(atLeast)
  local time, floor = call('TIME'), tonumber(call('GET', KEYS[2]) or 0)
  local micros = time[1] * 1000000 + time[2]
  local clock = tonumber(call('GET', KEYS[1]) or 0)
  if clock == 0 then clock = restarted(micros, atLeast, 0) end
  return clock, micros, floor
end
