-- The recruiter says that the called person did not come. A booth may say so once the person has had
-- time to come; then the call's own deadline does it anyway. Whoever had answered keeps the place:
-- only the clock says of such a person that a call was missed. Who has not been met yet and is let go
-- for the second time stands back all the same, unless the person was in the room and the desk not.
-- args     ticket_id
-- emits    candidate_stood_back and ticket_reordered for who lets too many calls pass; ticket_missed or
--          ticket_no_show, then ticket_called for the next
-- refuses  ticket_unknown, ticket_wrong_state, missed_too_early
local HAND_MS = 30000

local function settled_at(ctx, ticket)
  local began = ticket.state == 'called' and ticket.called or ticket.accepted
  return (tonumber(began) or 0) + math.min(HAND_MS, accept_ms(ctx, ticket.booth_id))
end

transition('mark_missed', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'called' and ticket.state ~= 'connecting' then
    return wrong_ticket_state(ticket)
  end
  local left_ms = settled_at(ctx, ticket) - ctx.now
  if left_ms > 0 and ctx.scope ~= '*' then
    return nil, 'missed_too_early', { seconds = math.ceil(left_ms / 1000) }
  end
  if ticket.state == 'called' then
    miss(ctx, ticket, 'desk')
  else
    if is_in(ticket, 'desk') or not is_in(ticket, 'candidate') then let_pass(ctx, ticket, true) end
    give_back(ctx, ticket, 'desk')
    settle(ctx, ticket)
  end
end)
