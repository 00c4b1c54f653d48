-- On deck: people called ahead, so that a desk that becomes free finds somebody ready.
--
-- "wants:<booth>" holds the desks that will need a person soon: ready, in wrap-up, or so far into
-- an interview that the next person should get ready. The deck is filled to that number.

local function booth_mean_ms(ctx, booth_id)
  local found = redis.call('HMGET', ctx:key('booth', booth_id), 'mean_ms', 'minutes')
  return tonumber(found[1]) or (tonumber(found[2]) or 10) * MINUTE
end

-- How long people of this booth take from the heads-up to "I'm ready", ms, from its own day.
local FIRST_GUESS = { online = 20000, delegated = 60000, onsite = 120000 }

local function readying_ms(ctx, booth_id)
  local found = redis.call('HMGET', ctx:key('booth', booth_id), 'readying_ms', 'mode')
  return tonumber(found[1]) or FIRST_GUESS[found[2]] or FIRST_GUESS.onsite
end

-- Most people are ready within so many times the usual time.
local MOST_ARE_READY = 1.4

-- How long after an interview's start the next person gets the heads-up, ms: so that the person
-- is ready when a short interview would end.
local function heads_up_in(ctx, booth_id)
  local ready_at = booth_mean_ms(ctx, booth_id) * ctx:settings().deck_moment_pct / 100
  return math.floor(math.max(0, ready_at - MOST_ARE_READY * readying_ms(ctx, booth_id)))
end

local function deck_answer_ms(ctx, booth_id)
  local mode = redis.call('HGET', ctx:key('booth', booth_id), 'mode')
  local settings = ctx:settings()
  if mode == 'onsite' then return settings.deck_answer_onsite_s * 1000 end
  return settings.deck_answer_online_s * 1000
end

local function put_on_deck(ctx, ticket_id, booth_id, passed, cause)
  local deadline = ctx.now + deck_answer_ms(ctx, booth_id)
  bind(ctx, ticket_id, booth_id)
  local order = redis.call('HGET', ctx:key('ticket', ticket_id), 'order')
  redis.call('ZADD', ctx:key('deck', booth_id), order, ticket_id)
  ctx:set('ticket', ticket_id, 'state', 'on_deck', 'deadline', deadline, 'on_deck', ctx.now)
  redis.call('HDEL', ctx:key('ticket', ticket_id), 'ready')
  plan(ctx, 'answer', ticket_id, deadline)
  ctx:emit('ticket_on_deck', { ticket_id = ticket_id, deadline = deadline,
                               passed_over = passed.count, passed = named(passed.tickets),
                               cause = cause })
end

local function deck_room(ctx, booth_id)
  local wanted = redis.call('SCARD', ctx:key('wants', booth_id)) * ctx:settings().deck_per_desk
  return wanted - redis.call('ZCARD', ctx:key('deck', booth_id))
end

fill_deck = function(ctx, booth_id)
  if not may_call(ctx, booth_id) then return end
  for _ = 1, deck_room(ctx, booth_id) do
    local ticket_id, passed, cause = next_callable(ctx, booth_id)
    if not ticket_id then return end
    count_call(ctx, ticket_id, booth_id)
    put_on_deck(ctx, ticket_id, booth_id, passed, cause)
  end
end

-- Send a person on deck back to the old place; the person's other places thaw.
local function stand_down(ctx, ticket, cause)
  let_go(ctx, ticket)
  forget_call(ctx, ticket.id)
  ctx:set('ticket', ticket.id, 'state', 'waiting')
  local present = redis.call('HGET', ctx:key('candidate', ticket.candidate_id), 'present')
  stand(ctx, ticket.id, ticket.booth_id, tonumber(ticket.order), present == '1')
  ctx:emit('ticket_stood_down', { ticket_id = ticket.id, cause = cause })
end

-- Fewer desks will need somebody: the last on deck go back to their places.
local function trim_deck(ctx, booth_id)
  local stood_down = {}
  for _ = 1, -deck_room(ctx, booth_id) do
    local ticket_id = redis.call('ZRANGE', ctx:key('deck', booth_id), -1, -1)[1]
    local ticket = ctx:read('ticket', ticket_id)
    ticket.id = ticket_id
    stand_down(ctx, ticket, 'desk_gone')
    stood_down[#stood_down + 1] = ticket
  end
  for _, ticket in ipairs(stood_down) do
    match_all(ctx, standing_tickets(ctx, ticket.candidate_id))
  end
end
