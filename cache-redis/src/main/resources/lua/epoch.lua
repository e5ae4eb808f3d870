-- Repairs a partition after a change of history, once for each history, unless its clock is behind again. The epoch key
-- holds E, a stamp, and the history: whatever has a stamp of E or later was written after the repair.
-- KEYS: clk, floor, epoch · ARGV: channel, atLeast, history, mode (0 = keep the records, 1 = clear)
-- Returns E and server microseconds. Fails at a server of another history: a repair there would repair nothing.
local function found(section, field) return string.match(call('INFO', section), field .. ':(%x+)') or '' end
local here = found('server', 'run_id') .. ':' .. found('replication', 'master_replid')
if here ~= ARGV[3] then return redis.error_reply('HISTORY the history here is ' .. here) end
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local clock, floor = tonumber(call('GET', KEYS[1]) or 0), tonumber(call('GET', KEYS[2]) or 0)
local atLeast, clears = tonumber(ARGV[2]), ARGV[4] == '1'
local epoch, history = string.match(call('GET', KEYS[3]) or '', '^(%d+) (.*)$')
local known = history == ARGV[3] and clock > 0 and clock >= atLeast
-- A clear since E, also one of another repair, has cleared what there was before it.
if known and (not clears or floor >= tonumber(epoch)) then return {tonumber(epoch), micros} end
-- The jump passes every stamp that the lost history may have issued beyond what anybody has seen.
local stamp = known and clock + 1 or math.max(clock, micros, atLeast, floor) + 1048576
local text = string.format('%.0f', stamp)
insist('SET', KEYS[1], text)
publish(clears and CLEARED or JUMPED, stamp, micros, 0)
if clears then call('SET', KEYS[2], text) end
call('SET', KEYS[3], text .. ' ' .. ARGV[3])
return {stamp, micros}
