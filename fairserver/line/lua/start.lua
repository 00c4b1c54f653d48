-- The recruiter begins an interview in person or by telephone (video starts by itself), or goes on
-- by telephone with a person who has chosen that way in the middle of it.
-- args     ticket_id
-- emits    ticket_accepted when the person came to the hall's desk without answering, then
--          interview_started and ticket_reordered for who stood back;
--          interview_mode_changed when the interview is on already
-- refuses  ticket_unknown, ticket_wrong_state (also whoever is called online and has not answered:
--          a booth that begins with nobody would have names for the asking)
local function goes_on_by_phone(ctx, ticket)
  return ticket.state == 'interviewing' and ticket.interview_mode == 'online'
    and talks_by_phone(ctx, ticket.candidate_id)
end

transition('start', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if goes_on_by_phone(ctx, ticket) then return change_mode(ctx, ticket, 'phone') end
  if ticket.state ~= 'called' and ticket.state ~= 'connecting' then
    return wrong_ticket_state(ticket)
  end
  local in_hall = redis.call('HGET', ctx:key('booth', ticket.booth_id), 'mode') == 'onsite'
  if ticket.state == 'called' then
    if not in_hall then return wrong_ticket_state(ticket) end
    seat(ctx, ticket.id, ticket.booth_id, ticket.desk_id)
  end
  begin_interview(ctx, ticket, in_hall and 'in_person' or 'phone')
end)
