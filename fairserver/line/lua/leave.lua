-- A candidate gives a place up: in the line, on deck or while being called.
-- args     ticket_id
-- emits    ticket_left, and ticket_called for whoever can be called now
-- refuses  ticket_unknown, ticket_wrong_state (in an interview, or over)
local HELD = { on_deck = true, called = true, connecting = true }

transition('leave', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  local is_held = HELD[ticket.state]
  if ticket.state ~= 'waiting' and not is_held then return wrong_ticket_state(ticket) end
  give_up(ctx, ticket)
  if is_held then settle(ctx, ticket) end
end)
