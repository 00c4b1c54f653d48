-- The called person asks for one more minute (less for whom a desk waits less long); once per call.
-- args     ticket_id
-- emits    call_extended
-- refuses  ticket_unknown, ticket_wrong_state, call_expired, already_extended
-- answers  {deadline}
transition('more_time', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'called' then return wrong_ticket_state(ticket) end
  if (tonumber(ticket.deadline) or ctx.now) < ctx.now then return nil, 'call_expired', {} end
  if ticket.extended == '1' then return nil, 'already_extended', {} end
  local deadline = (tonumber(ticket.deadline) or ctx.now)
    + patience(ctx, ticket.candidate_id, ticket.booth_id, ctx:settings().extend_s * 1000)
  ctx:set('ticket', ticket.id, 'deadline', deadline, 'extended', 1)
  plan(ctx, 'call', ticket.id, deadline)
  ctx:emit('call_extended', { ticket_id = ticket.id, deadline = deadline })
  return { deadline = deadline }
end)
