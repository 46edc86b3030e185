"""Random histories, played on the model and on the engine side by side."""
