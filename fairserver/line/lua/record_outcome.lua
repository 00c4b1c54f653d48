-- Set or correct the outcome of a finished interview.
-- args     ticket_id, outcome, reason (optional), instead_of (optional: the outcome that was seen)
-- emits    outcome_recorded; result_published when a published one becomes pending again
-- refuses  ticket_unknown, ticket_wrong_state (not finished), outcome_changed (by a colleague)
transition('record_outcome', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'done' then return wrong_ticket_state(ticket) end
  if args.instead_of and args.instead_of ~= ticket.outcome then
    return nil, 'outcome_changed', { outcome = ticket.outcome }
  end
  ctx:set('ticket', ticket.id, 'outcome', args.outcome)
  ctx:emit('outcome_recorded', { ticket_id = ticket.id, outcome = args.outcome,
                                 reason = args.reason })
  if args.outcome == 'pending' then set_published(ctx, ticket, false) end
end)
