-- A candidate takes a turn at a booth.
-- args     candidate_id, booth_id, show_profile (optional: whether the booth may read the person)
-- emits    profile_shown when that changes; ticket_issued, and ticket_called if a desk is ready and nobody stands before
-- refuses  candidate_unknown, booth_unknown, fair_closed, already_in_line, join_limit,
--          turns_limit (a person joins a booth so many times on the own; staff may give more),
--          no_time_left (the booth cannot serve a newcomer before the end),
--          consent_needed (the person takes part no more)
-- answers  {ticket_id}
local function refuse_again_and_again(ctx, args)
  local limit = ctx:settings().turns_per_booth
  local turns = redis.call('HGET', ctx:key('turns', args.candidate_id), args.booth_id)
  if limit and ctx.scope ~= '*' and tonumber(turns or 0) >= limit then
    return 'turns_limit', { limit = limit }
  end
end

local function refuse_join(ctx, args)
  if not in_scope(ctx, 'candidate', args.candidate_id)
     or redis.call('EXISTS', ctx:key('candidate', args.candidate_id)) == 0 then
    return 'candidate_unknown', {}
  end
  if not has_booth(ctx, args.booth_id) then
    return 'booth_unknown', { booth_id = args.booth_id }
  end
  if ctx.state == 'closed' then return 'fair_closed', {} end
  if has_withdrawn(ctx, args.candidate_id) then return 'consent_needed', {} end
  local places = ctx:key('places', args.candidate_id)
  local ticket_id = redis.call('HGET', places, args.booth_id)
  if ticket_id then return 'already_in_line', { ticket_id = ticket_id } end
  local limit = ctx:settings().join_limit
  if redis.call('HLEN', places) >= limit then return 'join_limit', { limit = limit } end
  return refuse_again_and_again(ctx, args)
end

transition('join', function(ctx, args)
  local code, detail = refuse_join(ctx, args)
  if code then return nil, code, detail end
  local candidate = ctx:read('candidate', args.candidate_id)
  code, detail = refuse_late(ctx, args.booth_id, candidate)
  if code then return nil, code, detail end
  say_shown(ctx, args.candidate_id, args.booth_id, args.show_profile)
  local ticket_id = issue(ctx, args.candidate_id, args.booth_id, 'ordinary')
  redis.call('HINCRBY', ctx:key('turns', args.candidate_id), args.booth_id, 1)
  match(ctx, args.booth_id)
  return { ticket_id = ticket_id }
end)
