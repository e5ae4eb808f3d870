-- Starts the clock of a partition that has none, so that a first write is not taken for a loss.
-- KEYS: clk, floor
-- Returns the clock and server microseconds.
local clock, micros = reading('0')
return {clock, micros}
