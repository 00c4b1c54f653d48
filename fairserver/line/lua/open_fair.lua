-- Open the fair, or go on after a pause: everybody who can be called is called.
-- emits    fair_state_changed, then ticket_called for each match
-- refuses  fair_wrong_state (already open, or closed)
transition('open_fair', function(ctx)
  if ctx.state ~= 'preparing' and ctx.state ~= 'paused' then
    return nil, 'fair_wrong_state', { state = ctx.state }
  end
  ctx.state = 'open'
  redis.call('HSET', ctx:key('meta'), 'state', 'open')
  ctx:emit('fair_state_changed', { state = 'open' })
  local booths = redis.call('SMEMBERS', ctx:key('booths'))
  table.sort(booths)
  for _, booth_id in ipairs(booths) do match(ctx, booth_id) end
end)
