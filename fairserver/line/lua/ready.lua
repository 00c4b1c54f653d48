-- The person on deck says "I'm ready": the next free desk starts with this person at once.
-- args     ticket_id, since (optional: when the heads-up meant was given, ms)
-- emits    ticket_ready (nothing when said already), ticket_called and ticket_accepted for a desk
--          that is ready now
-- refuses  ticket_unknown, ticket_wrong_state (not on deck, or it was an earlier heads-up)
local NEWEST = 0.2

transition('ready', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'on_deck' or not is_of(args, ticket.on_deck) then
    return wrong_ticket_state(ticket)
  end
  if ticket.ready == '1' then return {} end
  local before = readying_ms(ctx, ticket.booth_id)
  local took = ctx.now - (tonumber(ticket.on_deck) or ctx.now)
  ctx:set('booth', ticket.booth_id, 'readying_ms',
          string.format('%.0f', before + (took - before) * NEWEST))
  unplan(ctx, 'answer', ticket.id)
  redis.call('HDEL', ctx:key('ticket', ticket.id), 'deadline')
  ctx:set('ticket', ticket.id, 'ready', 1)
  ctx:emit('ticket_ready', { ticket_id = ticket.id })
  match(ctx, ticket.booth_id)
  return {}
end)
