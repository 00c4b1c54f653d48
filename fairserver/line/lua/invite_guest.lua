-- The desk asks a third person into the running video interview; the candidate is asked first.
-- args     ticket_id, guest_id, role
-- emits    guest_invited
-- refuses  ticket_unknown, ticket_wrong_state (no video interview), room_full (somebody is asked)
transition('invite_guest', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'interviewing' or ticket.interview_mode ~= 'online' then
    return wrong_ticket_state(ticket)
  end
  if ticket.guest_id then return nil, 'room_full', {} end
  ctx:set('ticket', ticket.id, 'guest_id', args.guest_id, 'guest_role', args.role,
          'guest_state', 'invited')
  ctx:emit('guest_invited', { ticket_id = ticket.id, guest_id = args.guest_id, role = args.role })
end)
