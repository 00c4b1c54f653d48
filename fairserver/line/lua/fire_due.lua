-- Do what is due: missed calls, people gone silent, rests that are over. Any node may ask, as
-- often as it likes; each deadline fires once because it is taken out in the same step.
-- args     limit
-- emits    ticket_missed, ticket_no_show, candidate_away, ticket_called
-- answers  {fired, due_in_ms} (due_in_ms is left out when nothing is planned)
local function fire(ctx, kind, id)
  if kind == 'presence' then
    go_away(ctx, id)
  elseif kind == 'rest' then
    local booth_id = redis.call('HGET', ctx:key('ticket', id), 'booth_id')
    match(ctx, booth_id)
  else
    local ticket = ctx:read('ticket', id)
    ticket.id = id
    miss(ctx, ticket, 'deadline')
  end
end

transition('fire_due', function(ctx, args)
  local deadlines = ctx:key('deadlines')
  local due = redis.call('ZRANGEBYSCORE', deadlines, '-inf', ctx.now, 'LIMIT', 0, args.limit)
  for _, member in ipairs(due) do
    if redis.call('ZREM', deadlines, member) == 1 then
      local kind, id = string.match(member, '^(%a+):(.+)$')
      fire(ctx, kind, id)
    end
  end
  local next_due = redis.call('ZRANGE', deadlines, 0, 0, 'WITHSCORES')[2]
  local due_in_ms = next_due and math.max(0, tonumber(next_due) - ctx.now) or nil
  return { fired = #due, due_in_ms = due_in_ms }
end)
