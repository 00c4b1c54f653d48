-- End the fair: every waiting ticket is closed; people at a desk finish in peace.
-- emits    fair_state_changed, then ticket_closed for each
-- refuses  fair_wrong_state (already closed)
-- answers  {closed} tickets closed
local function close_line(ctx, set, booth_id)
  local ticket_ids = redis.call('ZRANGE', ctx:key(set, booth_id), 0, -1)
  for _, ticket_id in ipairs(ticket_ids) do
    local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
    if set == 'deck' then
      unplan(ctx, 'answer', ticket_id)
      redis.call('HDEL', ctx:key('candidate', candidate_id), 'busy')
    end
    end_turn(ctx, { id = ticket_id, candidate_id = candidate_id, booth_id = booth_id }, 'closed')
    redis.call('ZREM', ctx:key(set, booth_id), ticket_id)
    ctx:emit('ticket_closed', { ticket_id = ticket_id })
  end
  return #ticket_ids
end

transition('close_fair', function(ctx)
  if ctx.state == 'closed' then return nil, 'fair_wrong_state', { state = ctx.state } end
  redis.call('HSET', ctx:key('meta'), 'state', 'closed')
  ctx:emit('fair_state_changed', { state = 'closed' })
  local booths, closed = redis.call('SMEMBERS', ctx:key('booths')), 0
  table.sort(booths)
  for _, booth_id in ipairs(booths) do
    for _, set in ipairs({ 'deck', 'line', 'absent' }) do
      closed = closed + close_line(ctx, set, booth_id)
    end
  end
  return { closed = closed }
end)
