-- Show the person the outcome of a finished interview, or withdraw it again.
-- args     ticket_id, published
-- emits    result_published, when that is a change
-- refuses  ticket_unknown, ticket_wrong_state (not finished), outcome_pending (no result yet)
transition('publish_result', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'done' then return wrong_ticket_state(ticket) end
  if args.published and (ticket.outcome or 'pending') == 'pending' then
    return nil, 'outcome_pending', {}
  end
  set_published(ctx, ticket, args.published)
end)
