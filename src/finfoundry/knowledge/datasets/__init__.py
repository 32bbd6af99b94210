"""Wide tables (XLSX, CSV): one row an entity and period. Columns are typed, cells are facts, and verified SQL ranks and counts them."""
