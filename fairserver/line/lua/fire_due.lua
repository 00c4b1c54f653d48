-- Do what is due: missed calls and heads-ups, people gone silent, rests that are over, people to
-- be called ahead, appointments. Any node may ask, as
-- often as it likes; each deadline fires once because it is taken out in the same step.
-- A node that asks also says that it is there, by its own clock.
-- args     limit, node, clock (ms; both optional)
-- emits    time_lost, candidate_stood_back, ticket_reordered, ticket_missed, ticket_no_show, candidate_away, desk_changed, ticket_on_deck, ticket_called, appointment_due
-- answers  {fired, failed, now, due_in_ms} (due_in_ms is left out when nothing is planned)
local TRIED_AGAIN = 10000

local function found_ticket(ctx, id)
  local ticket = ctx:read('ticket', id)
  ticket.id = id
  return ticket
end

-- Nobody came to the desk, or the two did not get through to each other: the person's place is kept,
-- and the desk calls nobody until somebody there says so.
local function not_connected(ctx, ticket)
  free_from(ctx, ticket, 'not_connected')
  settle(ctx, ticket)
end

-- Who had come in and is gone again has missed nothing while nobody was at the other end.
local function not_arrived(ctx, ticket)
  if ticket.candidate_peer and not is_in(ticket, 'desk') then return not_connected(ctx, ticket) end
  miss(ctx, ticket, 'not_arrived')
end

-- Somebody not met yet is in the room with a desk, others wait, and the two do not get through: the
-- place is kept, and the desk calls the next. Else there is time left.
local function connect_due(ctx, ticket)
  local at_last = (tonumber(ticket.accepted) or 0) + CONNECT_MS
  if ctx.now >= at_last then return not_connected(ctx, ticket) end
  local is_in_vain = is_in(ticket, 'desk') and others_wait(ctx, ticket.booth_id)
    and not talks_by_phone(ctx, ticket.candidate_id)
  if not is_in_vain then
    return plan(ctx, 'connect', ticket.id, at_last)
  end
  let_pass(ctx, ticket)
  give_back(ctx, ticket, 'not_connected')
  settle(ctx, ticket)
end

local FIRE = {
  presence = function(ctx, id) go_away(ctx, id) end,
  rest = function(ctx, id) match(ctx, redis.call('HGET', ctx:key('ticket', id), 'booth_id')) end,
  call = function(ctx, id) miss(ctx, found_ticket(ctx, id), 'deadline') end,
  answer = function(ctx, id) miss(ctx, found_ticket(ctx, id), 'heads_up') end,
  arrive = function(ctx, id) not_arrived(ctx, found_ticket(ctx, id)) end,
  connect = function(ctx, id) connect_due(ctx, found_ticket(ctx, id)) end,
  ahead = function(ctx, id)
    local booth_id = redis.call('HGET', ctx:key('desk', id), 'booth_id')
    redis.call('SADD', ctx:key('wants', booth_id), id)
    fill_deck(ctx, booth_id)
  end,
  staff = function(ctx, id)
    for _, desk in ipairs(desks_of(ctx, id)) do leave_desk(ctx, desk) end
  end,
  due = function(ctx, id) fall_due(ctx, id) end,
}

local function parts_of(member) return string.match(member, '^(%a+):(.+)$') end

local function fire(ctx, member)
  local kind, id = parts_of(member)
  FIRE[kind](ctx, id)
end

-- A deadline that only another release knows is for its nodes. When none of them is there, it is put
-- off, so that it does not stand before the others.
local LEFT_ALONE = 5000

local function leave_to_others(ctx, member)
  local deadlines = ctx:key('deadlines')
  if tonumber(redis.call('ZSCORE', deadlines, member)) < ctx.now - LEFT_ALONE then
    redis.call('ZADD', deadlines, ctx.now + TRIED_AGAIN, member)
  end
end

transition('fire_due', function(ctx, args)
  if args.node then note_beat(ctx, args.node, args.clock) end
  local deadlines, fired, failed = ctx:key('deadlines'), 0, 0
  local due = redis.call('ZRANGEBYSCORE', deadlines, '-inf', ctx.now, 'LIMIT', 0, args.limit)
  for _, member in ipairs(due) do
    if not FIRE[parts_of(member)] then
      leave_to_others(ctx, member)
    elseif redis.call('ZREM', deadlines, member) == 1 then
      if ctx:attempt(fire, member) then
        fired = fired + 1
      else
        redis.call('ZADD', deadlines, ctx.now + TRIED_AGAIN, member)
        failed = failed + 1
      end
    end
  end
  -- More than the limit were due, or those to come; what is left to others is not waited for.
  local after = #due == args.limit and '-inf' or '(' .. string.format('%.0f', ctx.now)
  local next_due = redis.call('ZRANGEBYSCORE', deadlines, after, '+inf', 'WITHSCORES',
                              'LIMIT', 0, 1)[2]
  local due_in_ms = next_due and math.max(0, tonumber(next_due) - ctx.now) or nil
  return { fired = fired, failed = failed, now = ctx.now, due_in_ms = due_in_ms }
end)
