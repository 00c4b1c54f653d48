-- Tell the control room of trouble. The same alarm is told again only after a while, or when
-- there is ten times as much of it; what is kept of it is bounded by kinds and booths.
-- args     kind, subject (a booth or ""), count
-- emits    alarm_raised, unless the same alarm stands since a moment ago
-- answers  {raised}
local QUIET_MS, GROWN = 600000, 10

transition('raise_alarm', function(ctx, args)
  local name = args.kind .. '/' .. args.subject
  local told = redis.call('HGET', ctx:key('alarms'), name)
  if told then
    local at, count = string.match(told, '^(%d+):(%d+)$')
    local soon = ctx.now - (tonumber(at) or 0) < QUIET_MS
    if soon and args.count < math.max(1, tonumber(count) or 0) * GROWN then
      return { raised = false }
    end
  end
  redis.call('HSET', ctx:key('alarms'), name, string.format('%.0f:%d', ctx.now, args.count))
  ctx:emit('alarm_raised', { kind = args.kind, subject = args.subject, count = args.count })
  return { raised = true }
end)
