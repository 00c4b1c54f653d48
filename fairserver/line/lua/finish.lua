-- The recruiter ends the interview and its room; the desk goes to wrap-up, the person is free.
-- args     ticket_id, outcome, reason (optional)
-- emits    interview_finished, ticket_reordered for the person's other places, ticket_called
-- refuses  ticket_unknown, ticket_wrong_state
-- answers  {talk_ms}
transition('finish', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if not at_desk(ticket) then return wrong_ticket_state(ticket) end
  local talk_ms = stop_clock(ctx, ticket)
  let_go(ctx, ticket, 'wrap_up')
  ctx:set('ticket', ticket.id, 'outcome', args.outcome)
  end_turn(ctx, ticket, 'done')
  ctx:emit('interview_finished', { ticket_id = ticket.id, outcome = args.outcome,
                                   reason = args.reason, talk_ms = talk_ms })
  if ticket.state == 'interviewing' then count_interview(ctx, ticket) end
  settle(ctx, ticket)
  return { talk_ms = talk_ms }
end)
