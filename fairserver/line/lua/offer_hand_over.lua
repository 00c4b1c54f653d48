-- The recruiter offers to hand the person over to another booth, or back to this booth's line
-- for a colleague. Nothing happens before the person agrees.
-- args     ticket_id, to_booth_id
-- emits    hand_over_offered
-- refuses  ticket_unknown, ticket_wrong_state (not in an interview), booth_unknown, fair_closed
transition('offer_hand_over', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'interviewing' then return wrong_ticket_state(ticket) end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  if not has_booth(ctx, args.to_booth_id) then
    return nil, 'booth_unknown', { booth_id = args.to_booth_id }
  end
  ctx:set('ticket', ticket.id, 'hand_over_to', args.to_booth_id)
  ctx:emit('hand_over_offered', { ticket_id = ticket.id, to_booth_id = args.to_booth_id })
end)
