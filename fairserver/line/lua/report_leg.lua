-- What became of one end of a third person's connection; as report_room has it, who goes out is
-- out of every epoch.
-- args     ticket_id, leg, peer, state (connected, lost, left), epoch (none: whatever it is now),
--          link (optional: the socket by which the end is reached), gone (that socket is closed)
-- emits    leg_connected, leg_lost or leg_left
-- refuses  ticket_unknown, not_your_room (at no end, or another page took over), old_epoch
-- answers  {side}; a repeat too, while this end is still the room's
local function refuse_report(ctx, ticket, own, args)
  if not ticket then return 'ticket_unknown', {} end
  if not own or not holds_end(ctx, ticket, own, args.peer) then return 'not_your_room', {} end
end

transition('report_leg', function(ctx, args)
  local ticket, side, own = find_leg(ctx, args)
  local code, detail = refuse_report(ctx, ticket, own, args)
  if code then return nil, code, detail end
  local epoch = tonumber(ticket[args.leg .. ':epoch']) or 0
  if args.epoch and args.epoch ~= epoch and args.state ~= 'left' then
    return nil, 'old_epoch', { epoch = epoch }
  end
  if args.gone and ticket[own .. '_link'] ~= args.link then return { side = side } end
  if args.link and not args.gone then ctx:set('ticket', ticket.id, own .. '_link', args.link) end
  if ticket[own .. '_state'] == args.state then return { side = side } end
  ctx:set('ticket', ticket.id, own .. '_state', args.state)
  ctx:emit('leg_' .. args.state, { ticket_id = ticket.id, leg = args.leg, side = side,
                                   epoch = epoch })
  return { side = side }
end, function(ctx, args)
  local ticket, side, own = find_leg(ctx, args)
  local code, detail = refuse_report(ctx, ticket, own, args)
  if code then return nil, code, detail end
  if args.link then ctx:set('ticket', ticket.id, own .. '_link', args.link) end
  return { side = side }
end)
