-- Starts the clock of a partition that has none, so that a first write is not taken for a loss.
-- KEYS: clk, floor
-- Returns the clock and server microseconds.
local clock, micros = tick(0, '0')
return {digits(clock), digits(micros)}
