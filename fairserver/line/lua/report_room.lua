-- What became of one end's connection. Both connected: the interview is on, its clock runs. Who
-- goes out is out of every epoch, also of one that began while the word was on its way. A
-- connection made ahead can be lost or left; it counts as connected only once it is seen. An end
-- that says "connected" again vouches for the other one, if all that was lost of it is its socket.
-- args     ticket_id, peer, state (connected, lost, left), epoch (none: whatever it is now),
--          link (optional: the socket by which the end is reached), gone (that socket is closed)
-- emits    room_connected, room_lost or room_left; interview_started the first time, and
--          ticket_reordered for who stood back
-- refuses  ticket_unknown, ticket_wrong_state, not_your_room (another page took over, or a
--          colleague is there), old_epoch
-- answers  {side}; a repeat too, while this end is still the room's
local function refuse_report(ctx, ticket, args)
  if not ticket then return 'ticket_unknown', {} end
  local is_ahead = args.state ~= 'connected' and makes_ahead(ctx, ticket)
  if not in_room(ticket) and not is_ahead then
    return 'ticket_wrong_state', { state = ticket.state }
  end
  if not holds_end(ctx, ticket, side_of(ctx), args.peer) then return 'not_your_room', {} end
end

local function both_connected(ctx, ticket, side)
  if ticket[other_side(side) .. '_state'] ~= 'connected' then return end
  if ticket.state == 'connecting' then
    begin_interview(ctx, ticket, 'online')
  elseif (tonumber(ticket.talking_since) or 0) == 0 then
    ctx:set('ticket', ticket.id, 'talking_since', ctx.now)
  end
end

local function vouch(ctx, ticket, side, epoch)
  local other = other_side(side)
  if ticket[other .. '_state'] ~= 'lost' or not is_cut_off(ticket, other) then return end
  ticket[other .. '_state'] = 'connected'
  ctx:set('ticket', ticket.id, other .. '_state', 'connected')
  ctx:emit('room_connected', { ticket_id = ticket.id, side = other, epoch = epoch })
  both_connected(ctx, ticket, side)
end

transition('report_room', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  local code, detail = refuse_report(ctx, ticket, args)
  if code then return nil, code, detail end
  local side, epoch = side_of(ctx), tonumber(ticket.epoch) or 0
  if args.epoch and args.epoch ~= epoch and args.state ~= 'left' then
    return nil, 'old_epoch', { epoch = epoch }
  end
  if args.gone then
    if has_other_link(ticket, side, args.link) then return { side = side } end
    cut_off(ctx, ticket, side)
  else
    keep_link(ctx, ticket, side, args.link)
  end
  if ticket[side .. '_state'] == args.state then
    if args.state == 'connected' then vouch(ctx, ticket, side, epoch) end
    return { side = side }
  end
  ctx:set('ticket', ticket.id, side .. '_state', args.state)
  ctx:emit('room_' .. args.state, { ticket_id = ticket.id, side = side, epoch = epoch })
  if side == 'candidate' and ticket.state == 'connecting' then
    unplan(ctx, 'arrive', ticket.id)
    if args.state ~= 'connected' then plan_arrival(ctx, ticket.id, ticket.booth_id) end
  end
  if args.state == 'connected' then
    both_connected(ctx, ticket, side)
  else
    stop_clock(ctx, ticket)
  end
  return { side = side }
end, function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  local code, detail = refuse_report(ctx, ticket, args)
  if code then return nil, code, detail end
  keep_link(ctx, ticket, side_of(ctx), args.link)
  return { side = side_of(ctx) }
end)
