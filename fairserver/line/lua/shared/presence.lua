-- Who is known to be there. A person who is away keeps every place and is not called.

local function move_tickets(ctx, candidate_id, from, to)
  local standing = standing_tickets(ctx, candidate_id)
  for _, ticket in ipairs(standing) do
    redis.call('ZREM', ctx:key(from, ticket.booth_id), ticket.id)
    stand(ctx, ticket.id, ticket.booth_id, ticket.order, to == 'line')
  end
  return standing
end

local function come_back(ctx, candidate_id)
  ctx:set('candidate', candidate_id, 'present', 1)
  ctx:emit('candidate_present', { candidate_id = candidate_id })
  match_all(ctx, move_tickets(ctx, candidate_id, 'absent', 'line'))
end

-- Who goes away from the deck is stood down: the place stays, somebody else gets ready.
local function leave_deck(ctx, candidate_id)
  local ticket_id = redis.call('HGET', ctx:key('candidate', candidate_id), 'busy')
  if not ticket_id then return end
  local ticket = ctx:read('ticket', ticket_id)
  if ticket.state ~= 'on_deck' then return end
  ticket.id = ticket_id
  stand_down(ctx, ticket, 'away')
  fill_deck(ctx, ticket.booth_id)
end

local function go_away(ctx, candidate_id)
  ctx:set('candidate', candidate_id, 'present', 0)
  ctx:emit('candidate_away', { candidate_id = candidate_id })
  leave_deck(ctx, candidate_id)
  move_tickets(ctx, candidate_id, 'line', 'absent')
end
