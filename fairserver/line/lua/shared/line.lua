-- The line itself: the order of tickets, who is next, calling and letting go.

local MINUTE = 60000
local PAGE = 16

-- What a ticket holds of its room; the next call begins with an empty one.
local ROOM_FIELDS = { 'epoch', 'candidate_peer', 'candidate_state', 'desk_peer', 'desk_state',
                      'talk_ms', 'talking_since' }

-- Smaller is earlier: time of issue, less the head start, plus the knob's minutes for every
-- interview already had, plus what misses have moved it back.
local function order_of(ctx, ticket, candidate)
  local w = ctx:settings().none_yet_first_min * MINUTE
  return tonumber(ticket.base) + tonumber(ticket.shift)
    + tonumber(candidate.had) * w - tonumber(candidate.head_start_ms)
end

-- A whole number of milliseconds since the fair's begin that no other ticket has.
local function next_base(ctx)
  local last = tonumber(redis.call('HGET', ctx:key('meta'), 'last_base')) or -1
  local base = math.max(ctx.now - ctx.t0, last + 1)
  redis.call('HSET', ctx:key('meta'), 'last_base', string.format('%.0f', base))
  return base
end

local function stand(ctx, ticket_id, booth_id, order, present)
  local set = present and 'line' or 'absent'
  redis.call('ZADD', ctx:key(set, booth_id), string.format('%.17g', order), ticket_id)
end

local function step_out(ctx, ticket_id, booth_id)
  redis.call('ZREM', ctx:key('line', booth_id), ticket_id)
  redis.call('ZREM', ctx:key('absent', booth_id), ticket_id)
end

-- Whether this ticket's owner may be called now: at no desk, and not resting after a miss.
local function is_callable(ctx, ticket_id)
  local found = redis.call('HMGET', ctx:key('ticket', ticket_id), 'candidate_id', 'rest_until')
  if (tonumber(found[2]) or 0) > ctx.now then return false end
  return not redis.call('HGET', ctx:key('candidate', found[1]), 'busy')
end

-- The first callable ticket of a line, and how many were passed over on the way.
local function first_callable(ctx, booth_id)
  local line, passed = ctx:key('line', booth_id), 0
  while true do
    local page = redis.call('ZRANGE', line, passed, passed + PAGE - 1)
    for _, ticket_id in ipairs(page) do
      if is_callable(ctx, ticket_id) then return ticket_id, passed end
      passed = passed + 1
    end
    if #page < PAGE then return nil end
  end
end

local function accept_ms(ctx, booth_id)
  local mode = redis.call('HGET', ctx:key('booth', booth_id), 'mode')
  local settings = ctx:settings()
  if mode == 'onsite' then return settings.accept_onsite_s * 1000 end
  return settings.accept_online_s * 1000
end

local function call(ctx, ticket_id, booth_id, desk_id, passed_over)
  local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
  local deadline = ctx.now + accept_ms(ctx, booth_id)
  redis.call('ZREM', ctx:key('ready', booth_id), desk_id)
  redis.call('ZREM', ctx:key('line', booth_id), ticket_id)
  ctx:set('desk', desk_id, 'state', 'calling', 'since', ctx.now, 'ticket_id', ticket_id)
  ctx:set('ticket', ticket_id, 'state', 'called', 'desk_id', desk_id,
          'deadline', deadline, 'extended', 0)
  ctx:set('candidate', candidate_id, 'busy', ticket_id)
  redis.call('ZADD', ctx:key('deadlines'), deadline, 'call:' .. ticket_id)
  ctx:emit('ticket_called', { ticket_id = ticket_id, desk_id = desk_id, deadline = deadline,
                              passed_over = passed_over })
end

-- Bring every ready desk of a booth together with the first callable person.
local function match(ctx, booth_id)
  if ctx.state ~= 'open' then return end
  while true do
    local desk_id = redis.call('ZRANGE', ctx:key('ready', booth_id), 0, 0)[1]
    if not desk_id then return end
    local ticket_id, passed_over = first_callable(ctx, booth_id)
    if not ticket_id then return end
    call(ctx, ticket_id, booth_id, desk_id, passed_over)
  end
end

-- The candidate's standing tickets, {id, booth_id, order}, the earliest first.
local function standing_tickets(ctx, candidate_id)
  local places = redis.call('HGETALL', ctx:key('places', candidate_id))
  local standing = {}
  for i = 1, #places, 2 do
    local found = redis.call('HMGET', ctx:key('ticket', places[i + 1]), 'state', 'order')
    if found[1] == 'waiting' then
      standing[#standing + 1] = { id = places[i + 1], booth_id = places[i],
                                  order = tonumber(found[2]) }
    end
  end
  table.sort(standing, function(a, b)
    if a.order ~= b.order then return a.order < b.order end
    return a.id < b.id
  end)
  return standing
end

local function match_all(ctx, standing)
  for _, ticket in ipairs(standing) do match(ctx, ticket.booth_id) end
end

-- The ticket lets go of its desk and its owner. The desk becomes ready or goes to wrap-up; the
-- owner's other places thaw. The caller emits its event first and then calls settle().
local function let_go(ctx, ticket, desk_state)
  redis.call('ZREM', ctx:key('deadlines'), 'call:' .. ticket.id)
  redis.call('HDEL', ctx:key('candidate', ticket.candidate_id), 'busy')
  redis.call('HDEL', ctx:key('desk', ticket.desk_id), 'ticket_id')
  ctx:set('desk', ticket.desk_id, 'state', desk_state, 'since', ctx.now)
  if desk_state == 'ready' then
    redis.call('ZADD', ctx:key('ready', ticket.booth_id), ctx.now, ticket.desk_id)
  end
end

-- After a letting-go: whoever can now be brought together is.
local function settle(ctx, ticket)
  match(ctx, ticket.booth_id)
  match_all(ctx, standing_tickets(ctx, ticket.candidate_id))
end

-- The turn is over: the candidate may join this booth again with a new ticket.
local function end_turn(ctx, ticket, state)
  redis.call('HDEL', ctx:key('places', ticket.candidate_id), ticket.booth_id)
  ctx:set('ticket', ticket.id, 'state', state, 'ended', ctx.now)
end

-- An order just behind the ticket that stands `back` places after `order` in the line.
local function order_behind(ctx, booth_id, order, back)
  local line = ctx:key('line', booth_id)
  local after = '(' .. string.format('%.17g', order)
  local next_two = redis.call('ZRANGEBYSCORE', line, after, '+inf', 'WITHSCORES',
                              'LIMIT', back - 1, 2)
  if #next_two == 4 then
    local middle = (tonumber(next_two[2]) + tonumber(next_two[4])) / 2
    return math.floor(middle * 1000) / 1000
  end
  local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')[2]
  return math.max(tonumber(last) or order, order) + 1
end

-- Back into the line, some places behind, and not called again before a short rest is over.
local function move_back(ctx, ticket, misses, cause)
  local settings = ctx:settings()
  local order = order_behind(ctx, ticket.booth_id, tonumber(ticket.order), settings.missed_back)
  local shift = tonumber(ticket.shift) + order - tonumber(ticket.order)
  local rest_until = ctx.now + settings.missed_rest_s * 1000
  local present = redis.call('HGET', ctx:key('candidate', ticket.candidate_id), 'present')
  redis.call('HDEL', ctx:key('ticket', ticket.id), 'desk_id', 'deadline', unpack(ROOM_FIELDS))
  ctx:set('ticket', ticket.id, 'state', 'waiting', 'misses', misses, 'order', order,
          'shift', shift, 'rest_until', rest_until)
  stand(ctx, ticket.id, ticket.booth_id, order, present == '1')
  redis.call('ZADD', ctx:key('deadlines'), rest_until, 'rest:' .. ticket.id)
  ctx:emit('ticket_missed', { ticket_id = ticket.id, misses = misses, order = order,
                              rest_until = rest_until, cause = cause })
end

-- A call was missed: back in the line, visibly, or out of it after the last permitted one.
local function miss(ctx, ticket, cause)
  local misses = tonumber(ticket.misses) + 1
  let_go(ctx, ticket, 'ready')
  if misses >= ctx:settings().missed_limit then
    ctx:set('ticket', ticket.id, 'misses', misses)
    end_turn(ctx, ticket, 'no_show')
    ctx:emit('ticket_no_show', { ticket_id = ticket.id, misses = misses, cause = cause })
  elseif ctx.state == 'closed' then
    end_turn(ctx, ticket, 'closed')
    ctx:emit('ticket_closed', { ticket_id = ticket.id })
  else
    move_back(ctx, ticket, misses, cause)
  end
  settle(ctx, ticket)
end
