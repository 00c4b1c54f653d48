-- Note a sign of life of some people of the booths: the desks that were left without them are taken up
-- again. Who has never been heard of here is not missed either.
-- args     staff_ids
-- emits    desk_changed for each desk taken up again, then ticket_called for each match
transition('staffed', function(ctx, args)
  for _, staff_id in ipairs(args.staff_ids) do
    plan(ctx, 'staff', staff_id, ctx.now + ctx:settings().presence_s * 1000)
    for _, desk in ipairs(desks_of(ctx, staff_id)) do return_to_desk(ctx, desk) end
  end
end)
