-- Bring a person back who was marked as a no-show or left: next after appointments.
-- args     ticket_id
-- emits    ticket_issued in the recall lane, and ticket_called if a desk is ready
-- refuses  ticket_unknown, ticket_wrong_state, fair_closed, already_in_line, consent_needed,
--          booth_unknown (withdrawn since)
-- answers  {ticket_id} of the new turn
local BACK = { no_show = true, left = true }

transition('recall', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if not BACK[ticket.state] then return wrong_ticket_state(ticket) end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  if not has_booth(ctx, ticket.booth_id) then
    return nil, 'booth_unknown', { booth_id = ticket.booth_id }
  end
  if has_withdrawn(ctx, ticket.candidate_id) then return nil, 'consent_needed', {} end
  local held = redis.call('HGET', ctx:key('places', ticket.candidate_id), ticket.booth_id)
  if held then return nil, 'already_in_line', { ticket_id = held } end
  local ticket_id = issue(ctx, ticket.candidate_id, ticket.booth_id, 'recall')
  match(ctx, ticket.booth_id)
  return { ticket_id = ticket_id }
end)
