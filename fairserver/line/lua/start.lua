-- The recruiter begins an interview in person or by telephone (video starts by itself).
-- args     ticket_id
-- emits    ticket_accepted when the person came without answering, then interview_started
-- refuses  ticket_unknown, ticket_wrong_state
transition('start', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'called' and ticket.state ~= 'connecting' then
    return wrong_ticket_state(ticket)
  end
  if ticket.state == 'called' then seat(ctx, ticket.id, ticket.booth_id, ticket.desk_id) end
  local mode = redis.call('HGET', ctx:key('booth', ticket.booth_id), 'mode')
  begin_interview(ctx, ticket, mode == 'onsite' and 'in_person' or 'phone')
end)
