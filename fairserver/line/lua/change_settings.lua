-- Change a fair's rules while it runs; what is under way keeps the deadlines it has.
-- args     settings_json (all settings, checked by the caller), ends_at (ms, optional)
-- emits    settings_changed, then calls that have become possible
-- refuses  fair_closed
transition('change_settings', function(ctx, args)
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  redis.call('HSET', ctx:key('meta'), 'settings', args.settings_json)
  if args.ends_at then redis.call('HSET', ctx:key('meta'), 'ends_at', args.ends_at) end
  local ends_at = redis.call('HGET', ctx:key('meta'), 'ends_at') or '0'
  ctx.decoded_settings = nil
  ctx:emit_raw('settings_changed', ',"settings":' .. args.settings_json
                                   .. ',"ends_at":' .. ends_at)
  local booths = redis.call('SMEMBERS', ctx:key('booths'))
  table.sort(booths)
  for _, booth_id in ipairs(booths) do match(ctx, booth_id) end
end)
