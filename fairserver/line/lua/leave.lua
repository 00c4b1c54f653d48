-- A candidate gives a place up: in the line, on deck or while being called.
-- args     ticket_id
-- emits    ticket_left, and ticket_called for whoever can be called now
-- refuses  ticket_unknown, ticket_wrong_state (in an interview, or over)
local HELD = { on_deck = true, called = true, connecting = true }

transition('leave', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  local held = HELD[ticket.state]
  if ticket.state ~= 'waiting' and not held then return wrong_ticket_state(ticket) end
  if held then
    let_go(ctx, ticket, 'ready')
  else
    step_out(ctx, ticket.id, ticket.booth_id)
  end
  end_turn(ctx, ticket, 'left')
  ctx:emit('ticket_left', { ticket_id = ticket.id })
  if held then settle(ctx, ticket) end
end)
