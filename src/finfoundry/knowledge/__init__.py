"""Private knowledge: documents parsed into text, tables and facts, stored and searched ("V")."""
