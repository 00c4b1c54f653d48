-- The candidate agrees to the third person, or does not; a no counts at any time.
-- args     ticket_id, agree, guest_id (optional: to whom; a yes counts for nobody else)
-- emits    guest_agreed, or guest_left
-- refuses  ticket_unknown, ticket_wrong_state (nobody is asked, or somebody else by now)
transition('answer_guest', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if not ticket.guest_id then return wrong_ticket_state(ticket) end
  if not args.agree then
    end_guest(ctx, ticket, 'declined')
  elseif args.guest_id and args.guest_id ~= ticket.guest_id then
    return wrong_ticket_state(ticket)
  elseif ticket.guest_state == 'invited' then
    ctx:set('ticket', ticket.id, 'guest_state', 'agreed')
    ctx:emit('guest_agreed', { ticket_id = ticket.id })
  end
end)
