-- Tries what the other scripts do, on a key of its own and a channel to which nobody listens.
-- KEYS: key · ARGV: channel, the command to publish with
-- Returns the name and the error of each command that failed.
local failed = {}

local function try(command, ...)
  local reply = redis.pcall(command, ...)
  if type(reply) == 'table' and reply.err then
    failed[#failed + 1], failed[#failed + 2] = command, reply.err
  end
end

local key = KEYS[1]
try('SET', key, '1', 'PX', '10000')
try('INCRBY', key, '1')
try('SETRANGE', key, '0', '1')
try('GET', key)
try('GETRANGE', key, '0', '1')
try('PTTL', key)
try('PERSIST', key)
try('PEXPIRE', key, '10000')
try('DEL', key)
try('TIME')
try('INFO', 'replication')
try(redis.REDIS_VERSION_NUM and ARGV[2] or 'PUBLISH', ARGV[1], '')
return failed
