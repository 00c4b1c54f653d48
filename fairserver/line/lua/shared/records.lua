-- Finding records within the caller's scope. What the caller may not touch does not exist.

local function in_scope(ctx, kind, id)
  return ctx.scope == '*' or ctx.scope == kind .. ':' .. id
end

local function find_ticket(ctx, ticket_id)
  local ticket = ctx:read('ticket', ticket_id)
  if ticket and (in_scope(ctx, 'candidate', ticket.candidate_id)
                 or in_scope(ctx, 'booth', ticket.booth_id)) then
    ticket.id = ticket_id
    return ticket
  end
end

-- Whether the fair has this booth, and its plan has not withdrawn it.
local function has_booth(ctx, booth_id)
  return redis.call('SISMEMBER', ctx:key('booths'), booth_id) == 1
    and redis.call('HGET', ctx:key('booth', booth_id), 'withdrawn') ~= '1'
end

local function find_desk(ctx, desk_id)
  local desk = ctx:read('desk', desk_id)
  if desk and not desk.gone and has_booth(ctx, desk.booth_id)
     and in_scope(ctx, 'booth', desk.booth_id) then
    desk.id = desk_id
    return desk
  end
end

local function wrong_ticket_state(ticket)
  return nil, 'ticket_wrong_state', { state = ticket.state }
end

local function wrong_desk_state(desk)
  if desk.ticket_id then return nil, 'desk_busy', { state = desk.state } end
  return nil, 'desk_wrong_state', { state = desk.state }
end

local function open_tickets(ctx, candidate_id)
  local ticket_ids = redis.call('HVALS', ctx:key('places', candidate_id))
  table.sort(ticket_ids)
  return ticket_ids
end

-- Whether a person has said not to take part any more.
local function has_withdrawn(ctx, candidate_id)
  return redis.call('HGET', ctx:key('candidate', candidate_id), 'withdrawn') == '1'
end

local function set_published(ctx, ticket, published)
  if (ticket.published == '1') == published then return end
  ctx:set('ticket', ticket.id, 'published', published and 1 or 0)
  ctx:emit('result_published', { ticket_id = ticket.id, published = published })
end
