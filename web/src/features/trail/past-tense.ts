/** Verbs with which the sentences of actions begin ("may …"), and how they read when it was done. */
const IRREGULAR: Record<string, string> = {
  see: 'saw', read: 'read', find: 'found', have: 'had', begin: 'began', put: 'put', take: 'took', write: 'wrote', hand: 'handed', set: 'set', show: 'showed', make: 'made',
  bring: 'brought', send: 'sent', keep: 'kept', get: 'got', give: 'gave', know: 'knew', leave: 'left', choose: 'chose', withdraw: 'withdrew', say: 'said', tell: 'told', sell: 'sold',
  copy: 'copied', try: 'tried', verify: 'verified', carry: 'carried', do: 'did', draw: 'drew', come: 'came', go: 'went', hold: 'held', build: 'built', pay: 'paid', stop: 'stopped', drop: 'dropped',
}

/** "see who is on the team" → "saw who is on the team" */
export const pastTense = (does: string): string => {
  const [verb = '', ...rest] = does.split(' ')
  const regular = verb.endsWith('e') ? `${verb}d` : `${verb}ed`
  return [IRREGULAR[verb] ?? regular, ...rest].join(' ')
}
