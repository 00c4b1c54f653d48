-- Calls that came to nothing, and what they mean for the person's place.

local let_pass
do
  -- Behind all others like this ticket, which stands in no line now.
  local function go_last(ctx, ticket)
    local order = order_behind(ctx, ticket, math.huge)
    ticket.shift = tonumber(ticket.shift) + order - tonumber(ticket.order)
    ticket.order = order
  end

  -- A call, or what came of it, has passed by this person, whose ticket stands in no line now. Who has
  -- not been met yet and let too many pass stands back in every line; with each one more behind all who
  -- do, so that a few do not take turns before the rest.
  let_pass = function(ctx, ticket, by_hand)
    if is_met(ctx, ticket.candidate_id) then return end
    if not count_passed(ctx, ticket.candidate_id, ticket.booth_id, by_hand) then return end
    local candidate = ctx:read('candidate', ticket.candidate_id)
    if candidate.stands_back == '1' then return go_last(ctx, ticket) end
    candidate.stands_back = '1'
    ctx:set('candidate', ticket.candidate_id, 'stands_back', 1)
    ctx:emit('candidate_stood_back', { candidate_id = ticket.candidate_id })
    for _, other in ipairs(standing_tickets(ctx, ticket.candidate_id)) do
      reorder(ctx, other, candidate, 'stood_back')
    end
    ticket.order = tonumber(ticket.order) + BACK
  end
end

-- An interview has begun: the person is there, and all calls that passed are forgotten.
local function meet(ctx, ticket)
  if is_met(ctx, ticket.candidate_id) then return end
  note_call(ctx, ticket.booth_id, 0)
  local candidate = ctx:read('candidate', ticket.candidate_id)
  redis.call('HDEL', ctx:key('candidate', ticket.candidate_id), 'passed', 'stands_back')
  ctx:set('candidate', ticket.candidate_id, 'met', 1)
  if candidate.stands_back ~= '1' then return end
  candidate.stands_back = nil
  for _, other in ipairs(standing_tickets(ctx, ticket.candidate_id)) do
    reorder(ctx, other, candidate, 'met')
  end
end

-- A desk lets a person go who had answered: back to the own place, and nothing counts as missed.
-- The caller settles.
local function give_back(ctx, ticket, cause)
  let_go(ctx, ticket, 'ready')
  if ctx.state == 'closed' then
    end_turn(ctx, ticket, 'closed')
    ctx:emit('ticket_closed', { ticket_id = ticket.id })
  else
    rest_in_line(ctx, ticket, tonumber(ticket.misses), tonumber(ticket.order), cause)
  end
end

-- A call was missed: back in the line, visibly, or out of it after the last permitted one.
local function miss(ctx, ticket, cause)
  local misses = tonumber(ticket.misses) + 1
  let_go(ctx, ticket, 'ready')
  let_pass(ctx, ticket, cause == 'desk')
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
