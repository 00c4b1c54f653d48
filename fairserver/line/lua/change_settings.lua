-- Change a fair's rules while it runs; what is under way keeps the deadlines it has. Recordings
-- stop when the fair no longer allows them. What is changed here no plan takes back.
-- args     settings_json (rules, checked by the caller), ends_at (ms, optional)
-- emits    settings_changed, ticket_reordered when the knob none_yet_first_min was turned, then
--          recording_stopped for each that is no longer allowed, calls that have become possible
-- refuses  fair_closed
transition('change_settings', function(ctx, args)
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  Plan.change_rules(ctx, args.settings_json, args.ends_at)
end)
