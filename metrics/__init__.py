"""What facts mean: definitions, cells, trends, the management review. Not how they got in."""
