-- The recruiter begins an interview in person or by telephone (video starts by itself), or goes on
-- by telephone with a person who has chosen that way in the middle of it.
-- args     ticket_id
-- emits    ticket_accepted when the person came without answering, then interview_started and
--          ticket_reordered for who stood back;
--          interview_mode_changed when the interview is on already
-- refuses  ticket_unknown, ticket_wrong_state
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
  if ticket.state == 'called' then seat(ctx, ticket.id, ticket.booth_id, ticket.desk_id) end
  local mode = redis.call('HGET', ctx:key('booth', ticket.booth_id), 'mode')
  begin_interview(ctx, ticket, mode == 'onsite' and 'in_person' or 'phone')
end)
