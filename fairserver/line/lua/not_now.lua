-- The person asks to be called a little later: a few places back, a few times at most.
-- args     ticket_id
-- emits    ticket_pushed_back, and ticket_called or ticket_on_deck for whoever comes instead
-- refuses  ticket_unknown, ticket_wrong_state, fair_closed (there is no later), not_now_limit
-- answers  {left} how often it may still be asked
local MAY_WAIT = { waiting = true, on_deck = true, called = true }

transition('not_now', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if not MAY_WAIT[ticket.state] then return wrong_ticket_state(ticket) end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  local settings, times = ctx:settings(), tonumber(ticket.not_now) + 1
  if times > settings.not_now_limit then
    return nil, 'not_now_limit', { limit = settings.not_now_limit }
  end
  if ticket.state == 'waiting' then
    step_out(ctx, ticket.id, ticket.booth_id)
  else
    let_go(ctx, ticket, 'ready')
  end
  local order = order_behind(ctx, ticket, settings.missed_back)
  local shift = tonumber(ticket.shift) + order - tonumber(ticket.order)
  local present = redis.call('HGET', ctx:key('candidate', ticket.candidate_id), 'present')
  forget_call(ctx, ticket.id)
  local rest_until = ctx.now + settings.missed_rest_s * 1000
  ctx:set('ticket', ticket.id, 'state', 'waiting', 'order', order, 'shift', shift,
          'not_now', times, 'rest_until', rest_until)
  stand(ctx, ticket.id, ticket.booth_id, order, present == '1')
  plan(ctx, 'rest', ticket.id, rest_until)
  ctx:emit('ticket_pushed_back', { ticket_id = ticket.id, order = order, times = times,
                                   rest_until = rest_until })
  settle(ctx, ticket)
  return { left = settings.not_now_limit - times }
end)
