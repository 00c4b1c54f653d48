-- One end comes into the room with a fresh connection: a new epoch, everybody rebuilds. The room
-- is open to the two from the call on, or from "I'm ready", so that they meet without a wait.
-- args     ticket_id, peer, after_epoch (optional: the epoch found broken),
--          desk_id (the desk's end only: which desk makes the connection),
--          link (optional: the socket by which the end is reached)
-- emits    room_entered, unless the other end has begun an epoch after after_epoch already;
--          recording_stopped before it when another recruiter comes in than the one who asked
-- refuses  ticket_unknown, ticket_wrong_state, not_your_room (the peer is somebody else's)
-- answers  {epoch, side}; a repeat answers what holds now, while this end is still the room's
--          (otherwise it is refused as above)
local function refuse_entry(ctx, ticket, args)
  if not ticket then return 'ticket_unknown', {} end
  if not in_room(ticket) and not makes_ahead(ctx, ticket) then
    return 'ticket_wrong_state', { state = ticket.state }
  end
  if is_anothers(ctx, ticket, side_of(ctx), args.peer) then return 'not_your_room', {} end
end

transition('enter_room', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  local code, detail = refuse_entry(ctx, ticket, args)
  if code then return nil, code, detail end
  local side = side_of(ctx)
  local epoch = tonumber(ticket.epoch) or 0
  local is_mine = ticket[side .. '_peer'] == args.peer
  keep_link(ctx, ticket, side, args.link)
  if args.after_epoch and is_mine and epoch > args.after_epoch then
    return { epoch = epoch, side = side }
  end
  if side == 'candidate' then unplan(ctx, 'arrive', ticket.id) end
  stop_clock(ctx, ticket)
  epoch = epoch + 1
  ctx:set('ticket', ticket.id, 'epoch', epoch, side .. '_peer', args.peer,
          side .. '_by', ctx.by, side .. '_state', 'joined')
  local desk_id = side == 'desk' and (args.desk_id or ticket.desk_id) or nil
  if desk_id then ctx:set('ticket', ticket.id, 'room_desk', desk_id) end
  -- Whoever sits down at the desk instead has not agreed to anything.
  if side == 'desk' and ticket.recording_by ~= ctx.by then stop_recording(ctx, ticket, 'ended') end
  local other = other_side(side) .. '_state'
  if ticket[other] == 'connected' then ctx:set('ticket', ticket.id, other, 'joined') end
  ctx:emit('room_entered', { ticket_id = ticket.id, side = side, peer = args.peer,
                             epoch = epoch, desk_id = desk_id })
  return { epoch = epoch, side = side }
end, function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  local code, detail = refuse_entry(ctx, ticket, args)
  if code then return nil, code, detail end
  local side = side_of(ctx)
  if ticket[side .. '_peer'] ~= args.peer then return nil, 'not_your_room', {} end
  keep_link(ctx, ticket, side, args.link)
  return { epoch = tonumber(ticket.epoch), side = side }
end)
