-- The organiser puts a waiting person before another in the same line; recorded as such.
-- args     ticket_id, before_ticket_id
-- emits    ticket_reordered (cause moved_by_organiser)
-- refuses  ticket_unknown, ticket_wrong_state (either is not waiting, or they differ in booth)
transition('move_ticket', function(ctx, args)
  local ticket, before = find_ticket(ctx, args.ticket_id), find_ticket(ctx, args.before_ticket_id)
  if not ticket or not before then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'waiting' then return wrong_ticket_state(ticket) end
  if before.state ~= 'waiting' or before.booth_id ~= ticket.booth_id
     or before.id == ticket.id then
    return wrong_ticket_state(before)
  end
  step_out(ctx, ticket.id, ticket.booth_id)
  local order = order_before(ctx, before)
  ctx:set('ticket', ticket.id, 'order', order,
          'shift', tonumber(ticket.shift) + order - tonumber(ticket.order))
  local present = redis.call('HGET', ctx:key('candidate', ticket.candidate_id), 'present')
  stand(ctx, ticket.id, ticket.booth_id, order, present == '1')
  ctx:emit('ticket_reordered', { ticket_id = ticket.id, order = order,
                                 cause = 'moved_by_organiser' })
end)
