"""What a question may ask of metrics that it names: of the company, in every way that its words allow, or of one segment."""
