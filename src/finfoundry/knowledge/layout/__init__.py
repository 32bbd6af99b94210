"""Words on a page to lines, tables, headings and sections: geometry alone."""
