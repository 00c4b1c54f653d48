-- Promise a person a turn at a booth at a time; when it comes due, the person stands in the
-- appointment lane.
-- args     candidate_id, booth_id, due_at (ms)
-- emits    appointment_made
-- refuses  candidate_unknown, booth_unknown, fair_closed
-- answers  {appointment_id}
transition('make_appointment', function(ctx, args)
  if redis.call('EXISTS', ctx:key('candidate', args.candidate_id)) == 0 then
    return nil, 'candidate_unknown', {}
  end
  if not in_scope(ctx, 'booth', args.booth_id)
     or not has_booth(ctx, args.booth_id) then
    return nil, 'booth_unknown', { booth_id = args.booth_id }
  end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  local appointment_id = 'a' .. redis.call('HINCRBY', ctx:key('meta'), 'appointments', 1)
  ctx:set('appointment', appointment_id, 'candidate_id', args.candidate_id,
          'booth_id', args.booth_id, 'due_at', args.due_at)
  plan(ctx, 'due', appointment_id, args.due_at)
  ctx:emit('appointment_made', { appointment_id = appointment_id, due_at = args.due_at,
                                 candidate_id = args.candidate_id, booth_id = args.booth_id })
  return { appointment_id = appointment_id }
end)
