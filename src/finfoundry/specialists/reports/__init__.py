"""The card, the checklist and the plots that a validator reads."""
