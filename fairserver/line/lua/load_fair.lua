-- Put a fair's plan into the live store, or bring it up to date: what was changed on the day stays,
-- and what the plan says anew comes through (shared/plan.lua).
-- args     digest (of what follows it here), settings_json, booths_json (list of {booth_id, mode,
--          minutes, desks, questions, plan}), ends_at (ms, 0 for none), day_over (the end of the fair's
--          day, ms; optional), clock (a rehearsal: its virtual time, ms), incarnation (a random id for
--          a stream that begins now), node, beat and plan (optional: who loads it, by its own clock in
--          ms, and the digest of the plan that it runs by)
-- emits    fair_loaded, unless the digest is the one already loaded; ticket_reordered and
--          recording_stopped by other rules; ticket_missed, desk_changed and desk_added for desks that
--          are withdrawn or moved; booth_changed and ticket_closed for booths that are withdrawn; calls
-- refuses  plan_differs (a node that is there runs by another plan)
-- answers  {changed}
transition('load_fair', function(ctx, args)
  local meta = ctx:key('meta')
  if args.node then
    if Plan.of_another(ctx, args.node, args.plan) then return nil, 'plan_differs', {} end
    redis.call('HSET', ctx:key('plans'), args.node, args.plan)
    note_beat(ctx, args.node, args.beat)
  end
  local found = redis.call('HMGET', meta, 'digest', 'plan_settings')
  if found[1] == args.digest and found[2] then return { changed = false } end
  if args.clock then
    ctx.now = args.clock
    redis.call('HSETNX', meta, 'clock', string.format('%.0f', args.clock))
  end
  if ctx.seq == 0 and args.incarnation then
    ctx.incarnation = args.incarnation
    redis.call('HSET', meta, 'incarnation', args.incarnation)
  end
  redis.call('HSETNX', meta, 'state', 'preparing')
  redis.call('HSETNX', meta, 't0', ctx.now)
  Plan.load(ctx, args)
  return { changed = true }
end)
