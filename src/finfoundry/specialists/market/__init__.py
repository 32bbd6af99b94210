"""Market risk: series, models of a day's loss, back-tests, scenarios, portfolios."""
