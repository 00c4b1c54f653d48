-- The person agrees to be handed over, or does not. Agreed: this interview ends and the person
-- stands in the hand-over lane of the other booth, ahead of everybody ordinary.
-- args     ticket_id, agree, show_profile (optional: whether the other booth may read the person),
--          to_booth_id (optional: to which booth; a yes counts for no other)
-- emits    hand_over_declined; or profile_shown when that changes, ticket_handed_over, ticket_issued (or ticket_reordered), calls
-- refuses  ticket_unknown, ticket_wrong_state (nothing is offered, or another booth by now),
--          fair_closed (no line to stand in), booth_unknown (the other one was withdrawn)
-- answers  {to_ticket_id, to_booth_id} when agreed
transition('answer_hand_over', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if ticket.state ~= 'interviewing' or not ticket.hand_over_to then
    return wrong_ticket_state(ticket)
  end
  if args.agree and args.to_booth_id and args.to_booth_id ~= ticket.hand_over_to then
    return wrong_ticket_state(ticket)
  end
  if args.agree and ctx.state == 'closed' then return nil, 'fair_closed', {} end
  if args.agree and not has_booth(ctx, ticket.hand_over_to) then
    return nil, 'booth_unknown', { booth_id = ticket.hand_over_to }
  end
  redis.call('HDEL', ctx:key('ticket', ticket.id), 'hand_over_to')
  if not args.agree then
    ctx:emit('hand_over_declined', { ticket_id = ticket.id })
    return {}
  end
  local talk_ms = stop_clock(ctx, ticket)
  let_go(ctx, ticket, 'wrap_up')
  end_turn(ctx, ticket, 'handed_over')
  ctx:emit('ticket_handed_over', { ticket_id = ticket.id, talk_ms = talk_ms,
                                   to_booth_id = ticket.hand_over_to })
  count_interview(ctx, ticket)
  say_shown(ctx, ticket.candidate_id, ticket.hand_over_to, args.show_profile)
  local to_ticket_id = issue_in_lane(ctx, ticket.candidate_id, ticket.hand_over_to, 'hand_over')
  settle(ctx, ticket)
  return { to_ticket_id = to_ticket_id, to_booth_id = ticket.hand_over_to }
end)
