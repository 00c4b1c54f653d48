-- The line itself: the order of tickets, who is next, calling and letting go.

local MINUTE = 60000
local PAGE = 16

-- What a ticket holds of its room; the next call begins with an empty one.
local ROOM_FIELDS = { 'epoch', 'candidate_peer', 'candidate_state', 'desk_peer', 'desk_state',
                      'candidate_by', 'desk_by', 'candidate_link', 'desk_link', 'room_desk',
                      'talk_ms', 'talking_since' }

-- What a lane is worth, ms; far beyond anything that a morning's order can hold.
local LANES = { hand_over = 3e10, appointment = 2e10, recall = 1e10, ordinary = 0 }

-- Smaller is earlier: time of issue, less the lane and the head start, plus the knob's minutes
-- for every interview already had, plus what misses and moves have shifted it, and far behind for
-- who stands back (doubt.lua).
local function order_of(ctx, ticket, candidate)
  local w = ctx:settings().none_yet_first_min * MINUTE
  return tonumber(ticket.base) + tonumber(ticket.shift)
    + tonumber(candidate.had) * w - tonumber(candidate.head_start_ms) - (LANES[ticket.lane] or 0)
    + (candidate.stands_back == '1' and BACK or 0)
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

-- Why this ticket's owner may not be called now; nil when nothing is in the way.
local function hindrance(ctx, ticket_id)
  local found = redis.call('HMGET', ctx:key('ticket', ticket_id), 'candidate_id', 'rest_until')
  if (tonumber(found[2]) or 0) > ctx.now then return 'resting' end
  if redis.call('HGET', ctx:key('candidate', found[1]), 'busy') then return 'busy_elsewhere' end
end

-- How many of those passed over are named in an event; more than that are only counted.
local NAMED = 20

-- The first callable ticket of a line, and who was passed over on the way, with the reasons.
local function first_callable(ctx, booth_id)
  local line, passed = ctx:key('line', booth_id), { count = 0, tickets = {} }
  while true do
    local page = redis.call('ZRANGE', line, passed.count, passed.count + PAGE - 1)
    for _, ticket_id in ipairs(page) do
      local reason = hindrance(ctx, ticket_id)
      if not reason then return ticket_id, passed end
      passed.count = passed.count + 1
      if passed.count <= NAMED then passed.tickets[ticket_id] = reason end
    end
    if #page < PAGE then return nil end
  end
end

local CHANNELS = { 'hall', 'commune', 'online' }

-- The channel whose share of this booth's calls is furthest behind, if one is by a whole call.
local function channel_behind(ctx, booth_id)
  local settings, most, behind = ctx:settings(), 1, nil
  local calls = tonumber(redis.call('HGET', ctx:key('booth', booth_id), 'calls')) or 0
  for _, channel in ipairs(CHANNELS) do
    local share = settings['share_' .. channel .. '_pct']
    if share > 0 then
      local had = redis.call('HGET', ctx:key('booth', booth_id), 'calls_' .. channel)
      local lack = share / 100 * (calls + 1) - (tonumber(had) or 0)
      if lack >= most then most, behind = lack, channel end
    end
  end
  return behind
end

local function channel_of(ctx, ticket_id)
  local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
  return redis.call('HGET', ctx:key('candidate', candidate_id), 'channel') or 'online'
end

-- How far down a line somebody of a channel that is behind is looked for.
local SHARE_REACH = 128

local function first_of_channel(ctx, booth_id, channel, from)
  local line = redis.call('ZRANGE', ctx:key('line', booth_id), from, from + SHARE_REACH - 1)
  for _, ticket_id in ipairs(line) do
    if channel_of(ctx, ticket_id) == channel and not hindrance(ctx, ticket_id) then
      return ticket_id
    end
  end
end

-- Who comes next from the line, who was passed over, and whether by order or by a share.
local function next_callable(ctx, booth_id)
  local ticket_id, passed = first_callable(ctx, booth_id)
  if not ticket_id then return nil end
  local behind = channel_behind(ctx, booth_id)
  if behind and channel_of(ctx, ticket_id) ~= behind then
    local other = first_of_channel(ctx, booth_id, behind, passed.count + 1)
    if other then return other, passed, 'share' end
  end
  return ticket_id, passed, 'order'
end

local function count_call(ctx, ticket_id, booth_id)
  redis.call('HINCRBY', ctx:key('booth', booth_id), 'calls', 1)
  redis.call('HINCRBY', ctx:key('booth', booth_id), 'calls_' .. channel_of(ctx, ticket_id), 1)
end

-- A table of reasons as JSON; an empty one must not turn into a list.
local function named(reasons)
  if next(reasons) == nil then return nil end
  return reasons
end

-- An answer that names its call, or its heads-up, answers no other: it may have been on its way
-- for minutes, and nobody may be put before a camera by a tap of long ago.
local function is_of(args, began)
  return not args.since or args.since == tonumber(began)
end

local fill_deck -- in deck.lua, which builds on this file
local release_desk -- in plan.lua: a desk that was withdrawn, and whose interview is over, goes

local function accept_ms(ctx, booth_id)
  local mode = redis.call('HGET', ctx:key('booth', booth_id), 'mode')
  local settings = ctx:settings()
  if mode == 'onsite' then return settings.accept_onsite_s * 1000 end
  return settings.accept_online_s * 1000
end

-- Take a ticket out of the line and bind its owner to it.
local function bind(ctx, ticket_id, booth_id)
  redis.call('ZREM', ctx:key('line', booth_id), ticket_id)
  redis.call('ZREM', ctx:key('deck', booth_id), ticket_id)
  redis.call('ZREM', ctx:key('deadlines'), 'answer:' .. ticket_id)
  local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
  ctx:set('candidate', candidate_id, 'busy', ticket_id)
end

local function plan(ctx, kind, id, at)
  redis.call('ZADD', ctx:key('deadlines'), at, kind .. ':' .. id)
end

local function unplan(ctx, kind, id)
  redis.call('ZREM', ctx:key('deadlines'), kind .. ':' .. id)
end

-- The person meets another desk than the one that has made its connection ahead.
local function keep_room_of(ctx, ticket_id, desk_id)
  local made_by = redis.call('HGET', ctx:key('ticket', ticket_id), 'room_desk')
  if not made_by or made_by == desk_id then return end
  redis.call('HDEL', ctx:key('ticket', ticket_id), 'desk_peer', 'desk_by', 'desk_state', 'room_desk')
end

-- Hold a desk for a ticket and ask its owner to come.
local function call(ctx, ticket_id, booth_id, desk_id, passed, cause)
  bind(ctx, ticket_id, booth_id)
  local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
  local deadline = ctx.now + patience(ctx, candidate_id, booth_id, accept_ms(ctx, booth_id))
  redis.call('ZREM', ctx:key('ready', booth_id), desk_id)
  redis.call('SREM', ctx:key('wants', booth_id), desk_id)
  ctx:set('desk', desk_id, 'state', 'calling', 'since', ctx.now, 'ticket_id', ticket_id)
  ctx:set('ticket', ticket_id, 'state', 'called', 'desk_id', desk_id,
          'called', ctx.now, 'deadline', deadline, 'extended', 0)
  keep_room_of(ctx, ticket_id, desk_id)
  plan(ctx, 'call', ticket_id, deadline)
  ctx:emit('ticket_called', { ticket_id = ticket_id, desk_id = desk_id, deadline = deadline,
                              passed_over = passed.count, passed = named(passed.tickets),
                              cause = cause })
end

local function talks_by_phone(ctx, candidate_id)
  return redis.call('HGET', ctx:key('candidate', candidate_id), 'way') == 'phone'
end

-- A room that the person has not entered in time is a missed call; who is on the way to a desk in
-- the hall, or waits for a telephone to ring, is for the recruiter to judge.
local function plan_arrival(ctx, ticket_id, booth_id)
  local found = redis.call('HMGET', ctx:key('ticket', ticket_id), 'candidate_id',
                           'candidate_state')
  if found[2] == 'joined' or talks_by_phone(ctx, found[1]) then return end
  if redis.call('HGET', ctx:key('booth', booth_id), 'mode') ~= 'online' then return end
  plan(ctx, 'arrive', ticket_id,
       ctx.now + patience(ctx, found[1], booth_id, accept_ms(ctx, booth_id)))
end

-- However a person comes to a desk, after so long something is wrong that is not the person's fault:
-- nobody sits there, or the two do not get through to each other.
local CONNECT_MS = 600000

local plan_connection
do
  -- Where others wait, somebody not met yet who is in the room and does not get through has less.
  local FIRST_CONNECT_MS = 120000

  local function connects_briefly(ctx, candidate_id, booth_id)
    return others_wait(ctx, booth_id) and not is_met(ctx, candidate_id)
      and redis.call('HGET', ctx:key('booth', booth_id), 'mode') == 'online'
  end

  plan_connection = function(ctx, ticket_id, booth_id)
    local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
    local ms = CONNECT_MS
    if connects_briefly(ctx, candidate_id, booth_id) then
      ms = patience(ctx, candidate_id, booth_id, FIRST_CONNECT_MS)
    end
    plan(ctx, 'connect', ticket_id, ctx.now + ms)
  end
end

-- The person has come: desk and person connect.
local function seat(ctx, ticket_id, booth_id, desk_id)
  unplan(ctx, 'call', ticket_id)
  redis.call('HDEL', ctx:key('ticket', ticket_id), 'deadline')
  ctx:set('ticket', ticket_id, 'state', 'connecting', 'accepted', ctx.now)
  ctx:set('desk', desk_id, 'state', 'connecting', 'since', ctx.now)
  plan_arrival(ctx, ticket_id, booth_id)
  plan_connection(ctx, ticket_id, booth_id)
  ctx:emit('ticket_accepted', { ticket_id = ticket_id })
end

-- The person on deck who comes next: the first who has said "I'm ready", else simply the first.
local function first_on_deck(ctx, booth_id)
  local deck = redis.call('ZRANGE', ctx:key('deck', booth_id), 0, -1)
  for _, ticket_id in ipairs(deck) do
    if redis.call('HGET', ctx:key('ticket', ticket_id), 'ready') == '1' then
      return ticket_id, true
    end
  end
  return deck[1], false
end

-- Bring a ready desk together with somebody; false when nobody can come.
local function serve(ctx, booth_id, desk_id)
  local ticket_id, is_ready = first_on_deck(ctx, booth_id)
  local passed, cause = { count = 0, tickets = {} }, 'deck'
  if not ticket_id then
    ticket_id, passed, cause = next_callable(ctx, booth_id)
    if not ticket_id then return false end
    count_call(ctx, ticket_id, booth_id)
  end
  call(ctx, ticket_id, booth_id, desk_id, passed, cause)
  if is_ready then seat(ctx, ticket_id, booth_id, desk_id) end
  return true
end

local function may_call(ctx, booth_id)
  return ctx.state == 'open' and redis.call('HGET', ctx:key('booth', booth_id), 'paused') ~= '1'
    and redis.call('HGET', ctx:key('booth', booth_id), 'withdrawn') ~= '1'
end

-- Bring every ready desk of a booth together with the next person, then fill the deck.
local function match(ctx, booth_id)
  if not may_call(ctx, booth_id) then return end
  local desks = redis.call('ZRANGE', ctx:key('ready', booth_id), 0, -1)
  for _, desk_id in ipairs(desks) do
    if not serve(ctx, booth_id, desk_id) then break end
  end
  fill_deck(ctx, booth_id)
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

-- The ticket lets go of its owner and, if it holds one, of its desk, which becomes ready or goes
-- to wrap-up. The owner's other places thaw. The caller emits its event first, then settle()s.
local function let_go(ctx, ticket, desk_state)
  stop_recording(ctx, ticket, 'ended')
  end_guest(ctx, ticket, 'ended')
  for _, kind in ipairs({ 'call', 'answer', 'arrive', 'connect' }) do unplan(ctx, kind, ticket.id) end
  redis.call('ZREM', ctx:key('deck', ticket.booth_id), ticket.id)
  redis.call('HDEL', ctx:key('candidate', ticket.candidate_id), 'busy')
  if not ticket.desk_id then return end
  unplan(ctx, 'ahead', ticket.desk_id)
  redis.call('HDEL', ctx:key('desk', ticket.desk_id), 'ticket_id')
  ctx:set('desk', ticket.desk_id, 'state', desk_state, 'since', ctx.now)
  redis.call('SADD', ctx:key('wants', ticket.booth_id), ticket.desk_id)
  if desk_state == 'ready' then
    redis.call('ZADD', ctx:key('ready', ticket.booth_id), ctx.now, ticket.desk_id)
  end
end

-- After a letting-go: whoever can now be brought together is.
local function settle(ctx, ticket)
  if ticket.desk_id then release_desk(ctx, ticket.desk_id) end
  match(ctx, ticket.booth_id)
  match_all(ctx, standing_tickets(ctx, ticket.candidate_id))
end

-- The turn is over: the candidate may join this booth again with a new ticket.
local function end_turn(ctx, ticket, state)
  redis.call('HDEL', ctx:key('places', ticket.candidate_id), ticket.booth_id)
  ctx:set('ticket', ticket.id, 'state', state, 'ended', ctx.now)
end

-- Give a turn up for good, in the line or before a desk; whoever held a desk settles it.
local function give_up(ctx, ticket)
  if ticket.state == 'waiting' then
    step_out(ctx, ticket.id, ticket.booth_id)
  else
    let_go(ctx, ticket, 'ready')
  end
  end_turn(ctx, ticket, 'left')
  ctx:emit('ticket_left', { ticket_id = ticket.id })
end

local order_behind, order_before
do
  -- Every place that a ticket of a booth may come back to.
  local PLACES = { 'line', 'absent', 'deck' }

  -- Who has a place after an order, {id, order}, the next one first; not more than `count`.
  local function places_after(ctx, booth_id, order, count)
    local after, found = '(' .. string.format('%.17g', order), {}
    for _, set in ipairs(PLACES) do
      local next_ones = redis.call('ZRANGEBYSCORE', ctx:key(set, booth_id), after, '+inf',
                                   'WITHSCORES', 'LIMIT', 0, count)
      for i = 1, #next_ones, 2 do
        found[#found + 1] = { id = next_ones[i], order = tonumber(next_ones[i + 1]) }
      end
    end
    table.sort(found, function(a, b)
      if a.order ~= b.order then return a.order < b.order end
      return a.id < b.id
    end)
    for i = #found, count + 1, -1 do found[i] = nil end
    return found
  end

  local function renumber(ctx, booth_id, ticket_id, order)
    local ticket = ctx:read('ticket', ticket_id)
    ctx:set('ticket', ticket_id, 'order', order,
            'shift', tonumber(ticket.shift) + order - tonumber(ticket.order))
    for _, set in ipairs(PLACES) do
      local key = ctx:key(set, booth_id)
      if redis.call('ZSCORE', key, ticket_id) then redis.call('ZADD', key, order, ticket_id) end
    end
    ctx:emit('ticket_reordered', { ticket_id = ticket_id, order = order, cause = 'made_room' })
  end

  -- How many are pushed back at most where many were put at one place, and how far apart, ms.
  local PUSHED, APART = 64, 0.125

  local function whole_us(order) return math.floor(order * 1000 + 0.5) / 1000 end

  -- Push those behind an order back, as few as leave all of them well apart, or what there is in
  -- equal shares; nobody passes anybody. Gives the order that has become free.
  local function make_room(ctx, booth_id, order)
    local behind, count, step = places_after(ctx, booth_id, order, PUSHED + 1), 0, APART
    while count < #behind and behind[count + 1].order - order < (count + 2) * APART do
      count = count + 1
    end
    if count > PUSHED then
      count, step = PUSHED, (behind[PUSHED + 1].order - order) / (PUSHED + 2)
    end
    for i = count, 1, -1 do
      renumber(ctx, booth_id, behind[i].id, whole_us(order + (i + 1) * step))
    end
    return whole_us(order + step)
  end

  -- An order that nobody has, just behind another: newcomers must not come between.
  local function order_after(ctx, booth_id, order)
    local next_one = places_after(ctx, booth_id, order, 1)[1]
    if not next_one or next_one.order > order + 2 then return order + 1 end
    local middle = whole_us((order + next_one.order) / 2)
    if middle > order and middle < next_one.order then return middle end
    return make_room(ctx, booth_id, order)
  end

  -- Who is moved back is moved among those whose turn is like the own: in the same lane and, where
  -- that counts, with as many interviews. So a first-timer falls behind no one who has had one. Who
  -- stands back is moved among those who do.
  local function level_of(ctx, ticket_id)
    local found = redis.call('HMGET', ctx:key('ticket', ticket_id), 'lane', 'candidate_id')
    local owner = redis.call('HMGET', ctx:key('candidate', found[2]), 'had', 'stands_back')
    local level = (found[1] or 'ordinary') .. (owner[2] == '1' and ' back' or '')
    if ctx:settings().none_yet_first_min == 0 then return level end
    return level .. (owner[1] or '0')
  end

  -- How far down a line those are looked for.
  local LEVEL_REACH = 256

  -- An order just behind the `back` next ones like this ticket, which stands in no line now; the old
  -- order when nobody like it stands behind.
  order_behind = function(ctx, ticket, back)
    local order, level = tonumber(ticket.order), level_of(ctx, ticket.id)
    local behind = redis.call('ZRANGEBYSCORE', ctx:key('line', ticket.booth_id),
                              '(' .. string.format('%.17g', order), '+inf', 'WITHSCORES',
                              'LIMIT', 0, LEVEL_REACH)
    local place
    for i = 1, #behind, 2 do
      if level_of(ctx, behind[i]) == level then
        place, back = tonumber(behind[i + 1]), back - 1
        if back == 0 then break end
      end
    end
    return place and order_after(ctx, ticket.booth_id, place) or order
  end

  -- An order that nobody has, just before another ticket's.
  order_before = function(ctx, ticket)
    local order, last = tonumber(ticket.order)
    local before = '(' .. string.format('%.17g', order)
    for _, set in ipairs(PLACES) do
      local found = redis.call('ZREVRANGEBYSCORE', ctx:key(set, ticket.booth_id), before, '-inf',
                               'WITHSCORES', 'LIMIT', 0, 1)[2]
      if found then last = math.max(last or tonumber(found), tonumber(found)) end
    end
    return last and order_after(ctx, ticket.booth_id, last) or order - 1
  end
end

-- Take away what a heads-up or a call has left at a ticket that will wait again.
local function forget_call(ctx, ticket_id)
  redis.call('HDEL', ctx:key('ticket', ticket_id), 'desk_id', 'called', 'deadline', 'ready',
             unpack(ROOM_FIELDS))
end

-- Back into the line, at an order, and not called again before a short rest is over; whose desk is
-- gone may be called by another one at once.
local function rest_in_line(ctx, ticket, misses, order, cause)
  local shift = tonumber(ticket.shift) + order - tonumber(ticket.order)
  local rest_ms = cause == 'desk_gone' and 0 or ctx:settings().missed_rest_s * 1000
  local rest_until = ctx.now + rest_ms
  local present = redis.call('HGET', ctx:key('candidate', ticket.candidate_id), 'present')
  forget_call(ctx, ticket.id)
  ctx:set('ticket', ticket.id, 'state', 'waiting', 'misses', misses, 'order', order,
          'shift', shift, 'rest_until', rest_until)
  stand(ctx, ticket.id, ticket.booth_id, order, present == '1')
  plan(ctx, 'rest', ticket.id, rest_until)
  ctx:emit('ticket_missed', { ticket_id = ticket.id, misses = misses, order = order,
                              rest_until = rest_until, cause = cause })
end

-- The same, some places behind.
local function move_back(ctx, ticket, misses, cause)
  rest_in_line(ctx, ticket, misses, order_behind(ctx, ticket, ctx:settings().missed_back), cause)
end

-- Work a waiting ticket's place out again and, if it has changed, say why.
local function reorder(ctx, place, candidate, cause)
  local ticket = ctx:read('ticket', place.id)
  local order = order_of(ctx, ticket, candidate)
  if order == place.order then return end
  ctx:set('ticket', place.id, 'order', order)
  if ticket.state == 'on_deck' then
    redis.call('ZADD', ctx:key('deck', place.booth_id), order, place.id)
  else
    stand(ctx, place.id, place.booth_id, order, candidate.present == '1')
  end
  ctx:emit('ticket_reordered', { ticket_id = place.id, order = order, cause = cause })
end
