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

local function go_away(ctx, candidate_id)
  ctx:set('candidate', candidate_id, 'present', 0)
  ctx:emit('candidate_away', { candidate_id = candidate_id })
  move_tickets(ctx, candidate_id, 'line', 'absent')
end
