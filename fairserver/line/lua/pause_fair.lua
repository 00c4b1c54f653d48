-- Stop calling: no call is made after this has been answered. Running calls go on.
-- emits    fair_state_changed
-- refuses  fair_wrong_state (not open)
transition('pause_fair', function(ctx)
  if ctx.state ~= 'open' then return nil, 'fair_wrong_state', { state = ctx.state } end
  redis.call('HSET', ctx:key('meta'), 'state', 'paused')
  ctx:emit('fair_state_changed', { state = 'paused' })
end)
