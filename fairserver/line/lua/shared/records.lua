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

local function find_desk(ctx, desk_id)
  local desk = ctx:read('desk', desk_id)
  if desk and in_scope(ctx, 'booth', desk.booth_id) then
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
