"""Evaluation: a suite is data, solver and scorer; a run is a file of rows; results carry intervals; two runs are compared in pairs."""
