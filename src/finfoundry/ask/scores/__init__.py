"""Questions about recorded scores of specialists, and the sentences that explain one."""
