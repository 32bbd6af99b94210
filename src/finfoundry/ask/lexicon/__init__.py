"""The ground of a question: words, terms, formulas, names and periods as questions write them; what the store offers."""
