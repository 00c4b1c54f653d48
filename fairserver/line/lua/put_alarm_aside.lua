-- Put an alarm aside: somebody has seen to it. It stays quiet as long as if it still stood.
-- args     kind, subject
-- emits    alarm_put_aside
-- refuses  alarm_unknown (never raised, or put aside already)
transition('put_alarm_aside', function(ctx, args)
  local name = args.kind .. '/' .. args.subject
  local told = redis.call('HGET', ctx:key('alarms'), name)
  local aside = redis.call('HGET', ctx:key('alarms_aside'), name)
  if not told or told == aside then return nil, 'alarm_unknown', {} end
  redis.call('HSET', ctx:key('alarms_aside'), name, told)
  ctx:emit('alarm_put_aside', { kind = args.kind, subject = args.subject })
end)
