-- Change a booth while the fair runs: its usual minutes, its mode, its site, another desk; or note
-- that its plan was corrected in the ledger.
-- args     booth_id, minutes, mode, site_id, add_desk_id (each optional), plan (its revision) with
--          questions (how many there are now)
-- emits    booth_changed, and desk_added
-- refuses  booth_unknown, desk_taken (another booth has a desk of that name)
transition('change_booth', function(ctx, args)
  local booth = ctx:read('booth', args.booth_id)
  if not booth or not has_booth(ctx, args.booth_id)
     or not in_scope(ctx, 'booth', args.booth_id) then
    return nil, 'booth_unknown', { booth_id = args.booth_id }
  end
  if args.add_desk_id then
    local owner = redis.call('HGET', ctx:key('desk', args.add_desk_id), 'booth_id')
    if owner then return nil, 'desk_taken', { desk_id = args.add_desk_id } end
    ctx:set('desk', args.add_desk_id, 'state', 'closed', 'since', ctx.now,
            'booth_id', args.booth_id)
    ctx:emit('desk_added', { desk_id = args.add_desk_id, booth_id = args.booth_id })
  end
  local mode, minutes = args.mode or booth.mode, args.minutes or tonumber(booth.minutes)
  local name = 'booth/' .. args.booth_id .. '/'
  if mode ~= booth.mode then Plan.note_by_hand(ctx, name .. 'mode') end
  if minutes ~= tonumber(booth.minutes) then Plan.note_by_hand(ctx, name .. 'minutes') end
  ctx:set('booth', args.booth_id, 'mode', mode, 'minutes', minutes)
  ctx:emit('booth_changed', { booth_id = args.booth_id, mode = mode, minutes = minutes,
                              paused = booth.paused == '1', site_id = args.site_id,
                              plan = args.plan, questions = args.questions })
end)
