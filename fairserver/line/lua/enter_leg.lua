-- One end of a third person's connection comes in afresh: a new epoch, both ends rebuild.
-- args     ticket_id, leg, peer, after_epoch (optional: the epoch found broken),
--          link (optional: the socket by which the end is reached)
-- emits    leg_entered, unless the other end has begun an epoch after after_epoch already;
--          guest_joined the first time, then recording_paused if one is on
-- refuses  ticket_unknown, not_your_room (at no end of it, or the peer is somebody else's),
--          ticket_wrong_state (not agreed to)
-- answers  {epoch, side}; a repeat answers what holds now, while this end is still the room's
local function refuse_leg(ctx, ticket, own, peer)
  if not ticket then return 'ticket_unknown', {} end
  if not own then return 'not_your_room', {} end
  if ticket.guest_state ~= 'agreed' then
    return 'ticket_wrong_state', { state = ticket.state }
  end
  if is_anothers(ctx, ticket, own, peer) then return 'not_your_room', {} end
end

transition('enter_leg', function(ctx, args)
  local ticket, side, own = find_leg(ctx, args)
  local code, detail = refuse_leg(ctx, ticket, own, args.peer)
  if code then return nil, code, detail end
  local epoch = tonumber(ticket[args.leg .. ':epoch']) or 0
  if args.link then ctx:set('ticket', ticket.id, own .. '_link', args.link) end
  local is_mine = ticket[own .. '_peer'] == args.peer
  if args.after_epoch and is_mine and epoch > args.after_epoch then
    return { epoch = epoch, side = side }
  end
  epoch = epoch + 1
  ctx:set('ticket', ticket.id, args.leg .. ':epoch', epoch, own .. '_peer', args.peer,
          own .. '_by', ctx.by, own .. '_state', 'joined')
  local other = other_end(args.leg, side) .. '_state'
  if ticket[other] == 'connected' then ctx:set('ticket', ticket.id, other, 'joined') end
  if side == 'guest' and not ticket.guest_joined then
    ticket.guest_joined = '1'
    ctx:set('ticket', ticket.id, 'guest_joined', 1)
    ctx:emit('guest_joined', { ticket_id = ticket.id })
    settle_recording(ctx, ticket)
  end
  ctx:emit('leg_entered', { ticket_id = ticket.id, leg = args.leg, side = side,
                            peer = args.peer, epoch = epoch })
  return { epoch = epoch, side = side }
end, function(ctx, args)
  local ticket, side, own = find_leg(ctx, args)
  local code, detail = refuse_leg(ctx, ticket, own, args.peer)
  if code then return nil, code, detail end
  if ticket[own .. '_peer'] ~= args.peer then return nil, 'not_your_room', {} end
  if args.link then ctx:set('ticket', ticket.id, own .. '_link', args.link) end
  return { epoch = tonumber(ticket[args.leg .. ':epoch']), side = side }
end)
