"""What both pages and APIs need of the web: strict parsing, own fields, pages of lists, versions."""
