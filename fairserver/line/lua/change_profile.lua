-- What booths may read of a person changed. Who takes part no more, or is erased, leaves every line.
-- args     candidate_id, withdrawn, erased, hidden (from every booth that could read the person)
-- emits    ticket_left for each open turn, ticket_called for whoever can be called now,
--          profile_changed
-- refuses  candidate_unknown, in_interview (a turn at a desk cannot be left)
local function leave_all(ctx, candidate_id)
  local held
  for _, ticket_id in ipairs(open_tickets(ctx, candidate_id)) do
    local ticket = find_ticket(ctx, ticket_id)
    if ticket.state ~= 'waiting' then held = ticket end
    give_up(ctx, ticket)
  end
  -- Last: nothing is left by which the person could be called again.
  if held then settle(ctx, held) end
end

transition('change_profile', function(ctx, args)
  local candidate = ctx:read('candidate', args.candidate_id)
  if not candidate or not in_scope(ctx, 'candidate', args.candidate_id) then
    return nil, 'candidate_unknown', {}
  end
  if args.withdrawn then
    local busy = candidate.busy and ctx:read('ticket', candidate.busy)
    if busy and busy.state == 'interviewing' then return nil, 'in_interview', {} end
    leave_all(ctx, args.candidate_id)
  end
  ctx:set('candidate', args.candidate_id, 'withdrawn', args.withdrawn and 1 or 0)
  if args.hidden then redis.call('DEL', ctx:key('shown', args.candidate_id)) end
  ctx:emit('profile_changed', { candidate_id = args.candidate_id, withdrawn = args.withdrawn,
                                erased = args.erased, hidden = args.hidden })
end)
