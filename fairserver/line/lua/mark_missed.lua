-- The recruiter says that the called person did not come.
-- args     ticket_id
-- emits    ticket_missed or ticket_no_show, then ticket_called for the next
-- refuses  ticket_unknown, ticket_wrong_state
transition('mark_missed', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'called' and ticket.state ~= 'connecting' then
    return wrong_ticket_state(ticket)
  end
  miss(ctx, ticket, 'desk')
end)
