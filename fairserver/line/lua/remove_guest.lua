-- The desk lets the third person go, or the person goes for good.
-- args     ticket_id
-- emits    guest_left; nothing when nobody is there
-- refuses  ticket_unknown
transition('remove_guest', function(ctx, args)
  local ticket = find_ticket_with_guest(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  end_guest(ctx, ticket, is_guest(ctx, ticket) and 'withdrew' or 'removed')
end)
