-- How a person talks online, for all of the person's turns: by picture, sound only, telephone, or
-- at a station. Who waits for the telephone need not come into the room in time.
-- args     candidate_id, way (video, audio, phone, station)
-- emits    way_chosen, when it is another way than before
-- refuses  candidate_unknown
transition('choose_way', function(ctx, args)
  local candidate = in_scope(ctx, 'candidate', args.candidate_id)
    and ctx:read('candidate', args.candidate_id)
  if not candidate then return nil, 'candidate_unknown', {} end
  local before = candidate.way or 'video'
  if before == args.way then return {} end
  ctx:set('candidate', args.candidate_id, 'way', args.way)
  ctx:emit('way_chosen', { candidate_id = args.candidate_id, way = args.way })
  local ticket = candidate.busy and ctx:read('ticket', candidate.busy)
  if not ticket or ticket.state ~= 'connecting' then return {} end
  if args.way == 'phone' then
    unplan(ctx, 'arrive', candidate.busy)
  elseif before == 'phone' then
    plan_arrival(ctx, candidate.busy, ticket.booth_id)
  end
  return {}
end)
