-- A desk becomes free, or stops being so.

local function make_ready(ctx, desk)
  if desk.state == 'ready' then return end
  ctx:set('desk', desk.id, 'state', 'ready', 'since', ctx.now)
  redis.call('ZADD', ctx:key('ready', desk.booth_id), ctx.now, desk.id)
  redis.call('SADD', ctx:key('wants', desk.booth_id), desk.id)
  redis.call('SADD', ctx:key('working', desk.booth_id), desk.id)
  ctx:emit('desk_changed', { desk_id = desk.id, state = 'ready' })
  match(ctx, desk.booth_id)
end

local REST = { ready = true, wrap_up = true, paused = true }

-- Stop giving people to a desk that nobody is at.
local function rest_desk(ctx, desk, state)
  if desk.state == state then return {} end
  if not REST[desk.state] then return wrong_desk_state(desk) end
  redis.call('ZREM', ctx:key('ready', desk.booth_id), desk.id)
  redis.call('SREM', ctx:key('wants', desk.booth_id), desk.id)
  redis.call('SREM', ctx:key('working', desk.booth_id), desk.id)
  ctx:set('desk', desk.id, 'state', state, 'since', ctx.now)
  ctx:emit('desk_changed', { desk_id = desk.id, state = state })
  trim_deck(ctx, desk.booth_id)
  return {}
end
