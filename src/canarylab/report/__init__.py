"""Reports: a record and its verdict as text and files, one file per format."""
