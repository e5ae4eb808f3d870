-- Gives a lease up if it is still ours.
-- KEYS: key · ARGV: leaseToken
-- Returns 1 if it was ours, else 0.
local h = call('GETRANGE', KEYS[1], '0', '63')
if not isHeld(h, ARGV[1]) then return {0} end
giveUp(KEYS[1], h)
return {1}
