-- Stop calling anybody to a booth; running interviews go on.
-- args     booth_id
-- emits    booth_changed (nothing when it is so already)
-- refuses  booth_unknown
transition('pause_booth', function(ctx, args)
  local booth = ctx:read('booth', args.booth_id)
  if not booth or not has_booth(ctx, args.booth_id)
     or not in_scope(ctx, 'booth', args.booth_id) then
    return nil, 'booth_unknown', { booth_id = args.booth_id }
  end
  if (booth.paused or '0') == '1' then return {} end
  ctx:set('booth', args.booth_id, 'paused', 1)
  ctx:emit('booth_changed', { booth_id = args.booth_id, paused = true,
                              mode = booth.mode, minutes = tonumber(booth.minutes) })
  -- Who is on deck stays there: the pause may be short.
  return {}
end)
