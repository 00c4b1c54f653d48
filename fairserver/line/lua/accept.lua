-- The called person answers: the desk and the candidate connect.
-- args     ticket_id, since (optional: when the call meant was made, ms)
-- emits    ticket_accepted
-- refuses  ticket_unknown, call_expired (the deadline has passed, or it was an earlier call),
--          ticket_wrong_state
transition('accept', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state == 'waiting' and tonumber(ticket.misses) > 0 then
    return nil, 'call_expired', {}
  end
  if ticket.state ~= 'called' then return wrong_ticket_state(ticket) end
  if not is_of(args, ticket.called) then return nil, 'call_expired', {} end
  if (tonumber(ticket.deadline) or ctx.now) < ctx.now then return nil, 'call_expired', {} end
  seat(ctx, ticket.id, ticket.booth_id, ticket.desk_id)
end)
