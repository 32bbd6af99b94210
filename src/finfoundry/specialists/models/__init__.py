"""The parts of a classifier: bins, scorecard, trees, calibration, grades, figures, exports."""
