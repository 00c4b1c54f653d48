-- Change a fair's rules while it runs; what is under way keeps the deadlines it has. Recordings
-- stop when the fair no longer allows them.
-- args     settings_json (all settings, checked by the caller), ends_at (ms, optional)
-- emits    settings_changed, ticket_reordered when the knob none_yet_first_min was turned, then
--          recording_stopped for each that is no longer allowed, calls that have become possible
-- refuses  fair_closed
-- The knob was turned: the places of people who have had an interview are worked out again.
local function reorder_line(ctx, set, booth_id)
  local places = redis.call('ZRANGE', ctx:key(set, booth_id), 0, -1, 'WITHSCORES')
  for i = 1, #places, 2 do
    local candidate_id = redis.call('HGET', ctx:key('ticket', places[i]), 'candidate_id')
    local candidate = ctx:read('candidate', candidate_id)
    if candidate.had ~= '0' then
      local place = { id = places[i], booth_id = booth_id, order = tonumber(places[i + 1]) }
      reorder(ctx, place, candidate, 'had_interview')
    end
  end
end

local function stop_recordings(ctx, booth_id)
  local desks = redis.call('SMEMBERS', ctx:key('working', booth_id))
  table.sort(desks)
  for _, desk_id in ipairs(desks) do
    local ticket_id = redis.call('HGET', ctx:key('desk', desk_id), 'ticket_id')
    local ticket = ticket_id and ctx:read('ticket', ticket_id)
    if ticket then
      ticket.id = ticket_id
      stop_recording(ctx, ticket, 'not_allowed')
    end
  end
end

transition('change_settings', function(ctx, args)
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  local knob = ctx:settings().none_yet_first_min
  redis.call('HSET', ctx:key('meta'), 'settings', args.settings_json)
  if args.ends_at then redis.call('HSET', ctx:key('meta'), 'ends_at', args.ends_at) end
  local ends_at = redis.call('HGET', ctx:key('meta'), 'ends_at') or '0'
  ctx.decoded_settings = nil
  ctx:emit_raw('settings_changed', ',"settings":' .. args.settings_json
                                   .. ',"ends_at":' .. ends_at)
  local booths = redis.call('SMEMBERS', ctx:key('booths'))
  table.sort(booths)
  if ctx:settings().none_yet_first_min ~= knob then
    for _, booth_id in ipairs(booths) do
      for _, set in ipairs({ 'line', 'absent', 'deck' }) do reorder_line(ctx, set, booth_id) end
    end
  end
  if not ctx:settings().recording then
    for _, booth_id in ipairs(booths) do stop_recordings(ctx, booth_id) end
  end
  for _, booth_id in ipairs(booths) do match(ctx, booth_id) end
end)
