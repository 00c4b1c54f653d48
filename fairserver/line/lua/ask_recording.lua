-- The desk asks everybody in the video interview whether it may be recorded; asking is the desk's yes.
-- args     ticket_id, peer (the desk's end in the room), text_version, language
-- emits    recording_asked; nothing while one is asked for or on
-- refuses  ticket_unknown, ticket_wrong_state (no video interview), not_your_room (not the desk's
--          end), recording_off (the fair does not allow it), recording_declined (somebody said no)
-- answers  {recording_id}
transition('ask_recording', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'interviewing' or ticket.interview_mode ~= 'online' then
    return wrong_ticket_state(ticket)
  end
  if not holds_end(ctx, ticket, 'desk', args.peer) or is_guest(ctx, ticket) then
    return nil, 'not_your_room', {}
  end
  if not ctx:settings().recording then return nil, 'recording_off', {} end
  if is_recording(ticket) then return { recording_id = ticket.recording_id } end
  if ticket.recording_no_candidate or ticket.recording_no_guest then
    return nil, 'recording_declined', {}
  end
  local recording_id = 'r' .. redis.call('HINCRBY', ctx:key('meta'), 'recordings', 1)
  redis.call('HDEL', ctx:key('ticket', ticket.id), 'recording_candidate', 'recording_guest')
  ctx:set('ticket', ticket.id, 'recording_id', recording_id, 'recording_state', 'asked',
          'recording_by', ctx.by)
  ctx:emit('recording_asked', { ticket_id = ticket.id, recording_id = recording_id,
                                text_version = args.text_version, language = args.language })
  return { recording_id = recording_id }
end)
