-- Take a command id for a command that does something beside the line first: from here on no other
-- command gets through by this id (id_reused). The command's own transition, or settle, then keeps the answer.
-- args     none
-- answers  {}: not done yet, also when an earlier sending was cut off in the middle; or the kept
--          answer of the command when it was done
register('claim', function(ctx)
  if not ctx.state then return cjson.encode({ error = 'fair_unknown', seq = 0 }) end
  local kept, is_others = ctx:kept_answer()
  if is_others then return id_reused(ctx) end
  if kept then return repeated(kept) end
  ctx:keep()
  return cjson.encode({ seq = ctx.seq })
end)
