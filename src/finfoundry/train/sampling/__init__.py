"""Learning from one's own answers: they are sampled between steps, judged, and watched."""
