-- Who may be read by whom, as far as the line knows: what a person lets booths read, and how many
-- people a desk has read that it has not talked with.
--
-- shown:<candidate_id>  hash, booth_id to 1 or 0: what the person said last of that booth
-- reads:<desk_id>       zset, tickets whose person was read there before a minute of talk, by time

-- Say that a booth may read a person from now on, or may not.
local function show_profile(ctx, candidate_id, booth_id, shown)
  ctx:set('shown', candidate_id, booth_id, shown and 1 or 0)
  ctx:emit('profile_shown', { candidate_id = candidate_id, booth_id = booth_id, shown = shown })
end

-- What a person says together with a turn; nothing is told when it was so before.
local function say_shown(ctx, candidate_id, booth_id, shown)
  if shown == nil then return end
  local before = redis.call('HGET', ctx:key('shown', candidate_id), booth_id) == '1'
  if before ~= shown then show_profile(ctx, candidate_id, booth_id, shown) end
end

local read_profile
do
  -- So much talk makes an interview of a turn, ms.
  local TALK = 60000
  -- So many people may a desk read within an hour before it has talked with them.
  local READ_AHEAD = 10
  local HOUR = 3600000

  local function has_talked(ctx, ticket)
    local talk_ms, since = tonumber(ticket.talk_ms) or 0, tonumber(ticket.talking_since) or 0
    if since > 0 then talk_ms = talk_ms + ctx.now - since end
    return talk_ms >= TALK
  end

  -- How many people this desk has read within the hour and not talked with.
  local function read_ahead(ctx, desk_id)
    local reads, count = ctx:key('reads', desk_id), 0
    redis.call('ZREMRANGEBYSCORE', reads, '-inf', ctx.now - HOUR)
    for _, ticket_id in ipairs(redis.call('ZRANGE', reads, 0, -1)) do
      local found = redis.call('HMGET', ctx:key('ticket', ticket_id), 'talk_ms', 'talking_since')
      if has_talked(ctx, { talk_ms = found[1], talking_since = found[2] }) then
        redis.call('ZREM', reads, ticket_id)
      else
        count = count + 1
      end
    end
    return count
  end

  -- Whether the person of a turn may be read now; noted the first time.
  read_profile = function(ctx, ticket)
    if ticket.read == '1' then return true end
    if not has_talked(ctx, ticket) then
      if read_ahead(ctx, ticket.desk_id) >= READ_AHEAD then return false end
      redis.call('ZADD', ctx:key('reads', ticket.desk_id), ctx.now, ticket.id)
    end
    ctx:set('ticket', ticket.id, 'read', 1)
    ctx:emit('profile_read', { ticket_id = ticket.id })
    return true
  end
end
