-- Somebody else in the room agrees to the recording, or does not; a no stops it at any time.
-- args     ticket_id, recording_id (what was asked: an answer counts for no other), agree,
--          text_version, language
-- emits    recording_agreed, then recording_started when that was the last one; or recording_stopped
-- refuses  ticket_unknown, not_permitted (the desk: its yes is the asking), ticket_wrong_state (a
--          guest who is not in yet), recording_over (no longer asked)
transition('answer_recording', function(ctx, args)
  local ticket = find_ticket_with_guest(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  local side = person_side(ctx, ticket)
  if side == 'guest' and not ticket.guest_joined then return wrong_ticket_state(ticket) end
  if not is_recording(ticket) or ticket.recording_id ~= args.recording_id then
    return nil, 'recording_over', {}
  end
  if side == 'desk' then return nil, 'not_permitted', {} end
  if not args.agree then return refuse_recording(ctx, ticket, side, 'declined') end
  local own = 'recording_' .. side
  if ticket[own] == '1' then return {} end
  ticket[own] = '1'
  ctx:set('ticket', ticket.id, own, 1)
  ctx:emit('recording_agreed', { ticket_id = ticket.id, recording_id = ticket.recording_id,
                                 side = side, text_version = args.text_version,
                                 language = args.language })
  settle_recording(ctx, ticket)
end)
