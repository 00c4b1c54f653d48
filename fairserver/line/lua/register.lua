-- Give a candidate the number printed on every ticket. A repeat gives the same number.
-- args     candidate_id, head_start_ms (0 for most), channel (hall, commune, online)
-- emits    candidate_registered, the first time
-- refuses  fair_closed
-- answers  {number}
transition('register', function(ctx, args)
  local key = ctx:key('candidate', args.candidate_id)
  local number = redis.call('HGET', key, 'number')
  if number then return { number = tonumber(number) } end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  number = redis.call('HINCRBY', ctx:key('meta'), 'numbers', 1)
  ctx:set('candidate', args.candidate_id, 'number', number, 'present', 0, 'had', 0,
          'head_start_ms', args.head_start_ms, 'channel', args.channel or 'online')
  ctx:emit('candidate_registered', { candidate_id = args.candidate_id, number = number,
                                     head_start_ms = args.head_start_ms,
                                     channel = args.channel or 'online' })
  return { number = number }
end)
