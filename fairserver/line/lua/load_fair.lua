-- Put a fair's settings, booths and desks into the live store, or bring them up to date.
-- args     digest, ends_at (ms, 0 for none), clock (a rehearsal: its virtual time, ms), settings_json, booths_json (list of {booth_id, mode, minutes, desks})
-- emits    fair_loaded, unless the digest is the one already loaded
-- answers  {changed}
-- Booths and desks that are no longer named stay as they are: people may stand there.
transition('load_fair', function(ctx, args)
  local meta = ctx:key('meta')
  if redis.call('HGET', meta, 'digest') == args.digest then return { changed = false } end
  if args.clock then
    ctx.now = args.clock
    redis.call('HSETNX', meta, 'clock', string.format('%.0f', args.clock))
  end
  redis.call('HSETNX', meta, 'state', 'preparing')
  redis.call('HSETNX', meta, 't0', ctx.now)
  redis.call('HSET', meta, 'digest', args.digest, 'settings', args.settings_json,
             'ends_at', args.ends_at)
  for _, booth in ipairs(cjson.decode(args.booths_json)) do
    redis.call('SADD', ctx:key('booths'), booth.booth_id)
    ctx:set('booth', booth.booth_id, 'mode', booth.mode, 'minutes', booth.minutes)
    for _, desk_id in ipairs(booth.desks) do
      local key = ctx:key('desk', desk_id)
      redis.call('HSETNX', key, 'state', 'closed')
      redis.call('HSETNX', key, 'since', ctx.now)
      redis.call('HSET', key, 'booth_id', booth.booth_id)
    end
  end
  ctx:emit_raw('fair_loaded', ',"settings":' .. args.settings_json
                              .. ',"booths":' .. args.booths_json
                              .. string.format(',"ends_at":%.0f', args.ends_at))
  return { changed = true }
end)
