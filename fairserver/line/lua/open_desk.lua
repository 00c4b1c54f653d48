-- A recruiter staffs a desk: ready for the next person, who is called at once if there is one.
-- args     desk_id
-- emits    desk_changed (nothing when it is ready already), then ticket_called for a match
-- refuses  desk_unknown, desk_busy, desk_wrong_state (in wrap-up), fair_closed
local OPENS = { closed = true, paused = true, ready = true }

transition('open_desk', function(ctx, args)
  local desk = find_desk(ctx, args.desk_id)
  if not desk then return nil, 'desk_unknown', {} end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  if not OPENS[desk.state] then return wrong_desk_state(desk) end
  make_ready(ctx, desk)
end)
