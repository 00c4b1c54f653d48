-- A person lets a booth read who they are, or no more. The proof is in the ledger; this is for those
-- who look at the line: the booth reads the person anew, the person's page shows what holds.
-- args     candidate_id, booth_id, shown
-- emits    profile_shown
-- refuses  candidate_unknown, booth_unknown
transition('show_profile', function(ctx, args)
  if not in_scope(ctx, 'candidate', args.candidate_id)
     or redis.call('EXISTS', ctx:key('candidate', args.candidate_id)) == 0 then
    return nil, 'candidate_unknown', {}
  end
  if not has_booth(ctx, args.booth_id) then
    return nil, 'booth_unknown', { booth_id = args.booth_id }
  end
  show_profile(ctx, args.candidate_id, args.booth_id, args.shown)
end)
