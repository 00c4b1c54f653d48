-- A desk becomes free, or stops being so.

-- The desk is whose who made it ready last: with that person it is left and taken up again.
local function take_desk(ctx, desk)
  local staff_id = string.match(ctx.by, '^staff:(.+)$')
  if not staff_id or desk.staff == staff_id then return end
  if desk.staff then redis.call('SREM', ctx:key('desks_of', desk.staff), desk.id) end
  redis.call('SADD', ctx:key('desks_of', staff_id), desk.id)
  ctx:set('desk', desk.id, 'staff', staff_id)
end

local function make_ready(ctx, desk)
  take_desk(ctx, desk)
  redis.call('HDEL', ctx:key('desk', desk.id), 'left')
  if desk.state == 'ready' then return end
  ctx:set('desk', desk.id, 'state', 'ready', 'since', ctx.now)
  redis.call('ZADD', ctx:key('ready', desk.booth_id), ctx.now, desk.id)
  redis.call('SADD', ctx:key('wants', desk.booth_id), desk.id)
  redis.call('SADD', ctx:key('working', desk.booth_id), desk.id)
  ctx:emit('desk_changed', { desk_id = desk.id, state = 'ready' })
  match(ctx, desk.booth_id)
end

local REST = { ready = true, wrap_up = true, paused = true }

-- Stop giving people to a desk that nobody is at; `cause` where nobody there said so.
local function rest_desk(ctx, desk, state, cause)
  if desk.state == state and not desk.left then return {} end
  if not REST[desk.state] then return wrong_desk_state(desk) end
  redis.call('HDEL', ctx:key('desk', desk.id), 'left')
  redis.call('ZREM', ctx:key('ready', desk.booth_id), desk.id)
  redis.call('SREM', ctx:key('wants', desk.booth_id), desk.id)
  redis.call('SREM', ctx:key('working', desk.booth_id), desk.id)
  ctx:set('desk', desk.id, 'state', state, 'since', ctx.now)
  ctx:emit('desk_changed', { desk_id = desk.id, state = state, cause = cause })
  trim_deck(ctx, desk.booth_id)
  return {}
end

-- A person who was to come to a desk goes back to the own place, which is no miss, and the desk calls
-- nobody until somebody there says so, or is back.
local function free_from(ctx, ticket, cause, desk_cause)
  give_back(ctx, ticket, cause)
  rest_desk(ctx, { id = ticket.desk_id, booth_id = ticket.booth_id, state = 'ready' }, 'paused',
            desk_cause)
end

-- Whether a person at this desk waits for somebody who is gone. Who walks to a desk in the hall may
-- find the recruiter there without a page; an interview ends by its finish.
local function waits_in_vain(ctx, desk)
  if desk.state == 'calling' then return true end
  return desk.state == 'connecting'
    and redis.call('HGET', ctx:key('booth', desk.booth_id), 'mode') == 'online'
end

-- The recruiter of a desk is gone: nobody is called to it, and who waits there waits for nobody.
local function leave_desk(ctx, desk)
  local was, ticket = desk.state, nil
  if was == 'ready' or was == 'wrap_up' then
    rest_desk(ctx, desk, 'paused', 'away')
  elseif waits_in_vain(ctx, desk) then
    ticket = ctx:read('ticket', desk.ticket_id)
    ticket.id, was = desk.ticket_id, 'ready'
    free_from(ctx, ticket, 'desk_away', 'away')
  else
    return
  end
  ctx:set('desk', desk.id, 'left', was)
  if ticket then settle(ctx, ticket) end
end

-- The recruiter is back: a desk that was left ready is so again, another one waits for a word.
local function return_to_desk(ctx, desk)
  local was = desk.left
  if not was then return end
  redis.call('HDEL', ctx:key('desk', desk.id), 'left')
  if was == 'ready' and ctx.state ~= 'closed' then
    make_ready(ctx, desk)
  else
    ctx:set('desk', desk.id, 'since', ctx.now)
    ctx:emit('desk_changed', { desk_id = desk.id, state = 'paused' })
  end
end

-- The desks that somebody made ready last, each with its id.
local function desks_of(ctx, staff_id)
  local ids, desks = redis.call('SMEMBERS', ctx:key('desks_of', staff_id)), {}
  table.sort(ids)
  for i, id in ipairs(ids) do
    desks[i] = ctx:read('desk', id)
    desks[i].id = id
  end
  return desks
end
