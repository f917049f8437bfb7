"""Who works when: shift cover, rosters with A and B on every post, and the checker."""
