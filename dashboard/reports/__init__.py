"""Reports: self-contained pages made from a finished plan; never imports dash."""
