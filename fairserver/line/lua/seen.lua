-- Note a sign of life of some candidates; whoever was away is back and may be called at once.
-- args     candidate_ids; lasting_until (ms, optional: signs are known to go on until then)
-- emits    candidate_present for each who was away, then ticket_called for each match
-- answers  {unknown} how many are not registered in this fair
transition('seen', function(ctx, args)
  local due = (args.lasting_until or ctx.now) + ctx:settings().presence_s * 1000
  local unknown = 0
  for _, candidate_id in ipairs(args.candidate_ids) do
    local present = redis.call('HGET', ctx:key('candidate', candidate_id), 'present')
    if not present then
      unknown = unknown + 1
    else
      plan(ctx, 'presence', candidate_id, due)
      if present == '0' then come_back(ctx, candidate_id) end
    end
  end
  return { unknown = unknown }
end)
