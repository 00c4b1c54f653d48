-- A desk ends its day.
-- args     desk_id
-- emits    desk_changed (nothing when it is closed already)
-- refuses  desk_unknown, desk_busy (a person is at the desk)
transition('close_desk', function(ctx, args)
  local desk = find_desk(ctx, args.desk_id)
  if not desk then return nil, 'desk_unknown', {} end
  return rest_desk(ctx, desk, 'closed')
end)
