-- Tell both sides where a second interview stands; the date itself is kept in the ledger.
-- args     ticket_id, state, starts_at (ms), sequence
-- emits    second_interview_changed, unless a later date or the same is known already
-- refuses  ticket_unknown, ticket_wrong_state (no interview yet)
-- answers  {sequence}
transition('note_second_interview', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'done' then return wrong_ticket_state(ticket) end
  local known = tonumber(ticket.second_sequence) or -1
  local same = known == args.sequence and ticket.second_state == args.state
  if known > args.sequence or same then return { sequence = args.sequence } end
  ctx:set('ticket', ticket.id, 'second_sequence', args.sequence, 'second_state', args.state)
  ctx:emit('second_interview_changed', { ticket_id = ticket.id, state = args.state,
                                         starts_at = args.starts_at, sequence = args.sequence })
  return { sequence = args.sequence }
end)
