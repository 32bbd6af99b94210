"""Questions of an institution's own, and how their answers are judged and counted."""
