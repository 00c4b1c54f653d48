-- Let a paused booth call again.
-- args     booth_id
-- emits    booth_changed (nothing when it is so already), then calls
-- refuses  booth_unknown
transition('resume_booth', function(ctx, args)
  local booth = ctx:read('booth', args.booth_id)
  if not booth or not has_booth(ctx, args.booth_id)
     or not in_scope(ctx, 'booth', args.booth_id) then
    return nil, 'booth_unknown', { booth_id = args.booth_id }
  end
  if (booth.paused or '0') == '0' then return {} end
  ctx:set('booth', args.booth_id, 'paused', 0)
  ctx:emit('booth_changed', { booth_id = args.booth_id, paused = false,
                              mode = booth.mode, minutes = tonumber(booth.minutes) })
  match(ctx, args.booth_id)
  return {}
end)
