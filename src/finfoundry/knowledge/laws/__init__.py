"""Laws, rules, policies and product terms: their clauses, what they say of their own validity, and which version was in force when."""
