"""Intent to Plan: the expressions to compute, by rule, by printed label, by definition, or by the model."""
