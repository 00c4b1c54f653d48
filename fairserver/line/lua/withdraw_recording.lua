-- Anybody in the room stops the recording at once, and gives no reason.
-- args     ticket_id
-- emits    recording_stopped; nothing when none is asked for or on
-- refuses  ticket_unknown
transition('withdraw_recording', function(ctx, args)
  local ticket = find_ticket_with_guest(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  refuse_recording(ctx, ticket, person_side(ctx, ticket), 'withdrawn')
end)
