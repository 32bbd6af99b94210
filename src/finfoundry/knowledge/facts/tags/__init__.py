"""Facts of inline XBRL: the tags of a filing, joined with what its pages print, and where the two say different things."""
